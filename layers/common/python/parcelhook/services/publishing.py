"""Parts of every function that takes events in."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import timedelta
from functools import partial

from parcelhook.bought_labels import BoughtLabels
from parcelhook.collaborators import collaborator
from parcelhook.dialects.base import Dialects
from parcelhook.publishing import Publisher
from parcelhook.queues import SqsQueue
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.endpoints import EndpointRules
from parcelhook.services import shared
from parcelhook.services.outside import REAL, Outside
from parcelhook.settings import Settings
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import Lists
from parcelhook.storage.publications import Publications
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import Trackings

# Creating a subscription waits so long for a name server, and takes a silent one for a name that is not there yet.
_RESOLVE_SECONDS = 1.5
_RESOLVERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")


@collaborator(kw_only=True)
class Publishing:
    """A publisher, and what it is made of."""

    registry: Registry
    ledger: Ledger
    queue: SqsQueue
    publications: Publications
    dialects: Dialects
    endpoint_rules: EndpointRules
    tracks: RegisteredTracks
    publisher: Publisher


def build_publishing(settings: Settings, outside: Outside = REAL) -> Publishing:
    """All of it, on AWS. Its publisher knows no limits."""
    clock, dynamodb = outside.clock, outside.client("dynamodb")
    registry = shared.build_registry(settings, dynamodb, outside)
    ledger = shared.build_ledger(settings, dynamodb, outside)
    publications = Publications(
        table=ledger.table,
        clock=clock,
        days=settings.ledger_days,
        lease=timedelta(seconds=settings.publication_lease_seconds),
    )
    queue = shared.build_queue(settings.events_queue_url, outside)
    dialects, endpoint_rules = shared.build_known_dialects(settings), shared.build_endpoint_rules(settings, _resolve)
    tracks = RegisteredTracks(
        registry=registry,
        trackings=Trackings(table=ledger.table, clock=clock, days=settings.ledger_days),
        lists=Lists(ledger),
        clock=clock,
        remember_seconds=settings.subscription_cache_seconds,
    )
    labels = BoughtLabels(
        tracks=tracks,
        registry=registry,
        dialect=dialects.named("shippo"),
        endpoint_rules=endpoint_rules,
        clock=clock,
    )
    publisher = Publisher(
        queue=queue,
        publications=publications,
        clock=clock,
        ids=outside.ids,
        wait=outside.wait,
        queued=labels.queued,
    )
    return Publishing(
        registry=registry,
        ledger=ledger,
        queue=queue,
        publications=publications,
        dialects=dialects,
        endpoint_rules=endpoint_rules,
        tracks=tracks,
        publisher=publisher,
    )


async def resolver(host: str, port: int) -> Sequence[str]:
    """In threads that outlive the call's event loop, whose end would else wait for a silent name server."""
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, look_up)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _resolve(host: str) -> Sequence[str]:
    future = _RESOLVERS.submit(socket.getaddrinfo, host, 443, type=socket.SOCK_STREAM)
    try:
        return [str(address[0]) for *_, address in future.result(_RESOLVE_SECONDS)]
    except (OSError, UnicodeError, FutureTimeoutError):
        return []
