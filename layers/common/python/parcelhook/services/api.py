"""Parts of the api function."""

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass

from parcelhook.bought_labels import BoughtLabels
from parcelhook.clock import Clock, SystemClock
from parcelhook.dialects.base import Dialects
from parcelhook.ids import Ids
from parcelhook.publishing import Publisher
from parcelhook.recovery import Recovery
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.api_keys import Authenticator
from parcelhook.security.endpoints import EndpointRules
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.services import shared
from parcelhook.settings import Settings
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import Lists
from parcelhook.storage.publications import Publications
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import Trackings

# Creating a subscription waits so long for a name server, and takes a silent one for a name that is not there yet.
_RESOLVE_SECONDS = 1.5
_RESOLVERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServices:
    """What the routes work with."""

    authenticator: Authenticator
    registry: Registry
    ledger: Ledger
    lists: Lists
    publisher: Publisher
    publications: Publications
    recovery: Recovery
    tracks: RegisteredTracks
    secrets: ParameterSecrets
    dialects: Dialects
    endpoint_rules: EndpointRules
    clock: Clock
    ids: Ids


def build_api_services(settings: Settings) -> ApiServices:
    """All of them, on AWS."""
    clock, ids = SystemClock(), Ids()
    dynamodb = shared.client("dynamodb")
    registry = shared.build_registry(settings, dynamodb)
    ledger = shared.build_ledger(settings, dynamodb, clock)
    publications = Publications(table=ledger.table, clock=clock, days=settings.ledger_days)
    queue = shared.build_queue(settings.events_queue_url)
    dialects, endpoint_rules = shared.build_known_dialects(settings), _build_endpoint_rules(settings)
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
        ids=ids,
        wait=time.sleep,
        queued=labels.queued,
    )
    return ApiServices(
        authenticator=Authenticator(registry, clock, settings.key_cache_seconds),
        registry=registry,
        ledger=ledger,
        lists=Lists(ledger),
        publisher=publisher,
        publications=publications,
        recovery=Recovery(queue=queue, clock=clock, delay_seconds=2 * settings.subscription_cache_seconds),
        tracks=tracks,
        secrets=shared.build_secrets(settings),
        dialects=dialects,
        endpoint_rules=endpoint_rules,
        clock=clock,
        ids=ids,
    )


def _build_endpoint_rules(settings: Settings) -> EndpointRules:
    return EndpointRules(
        allowed_ports=frozenset(settings.allowed_ports),
        resolve=_resolve,
        dangerous_allow_private=settings.dangerous_allow_private_endpoints,
    )


def _resolve(host: str) -> Sequence[str]:
    future = _RESOLVERS.submit(socket.getaddrinfo, host, 443, type=socket.SOCK_STREAM)
    try:
        return [str(address[0]) for *_, address in future.result(_RESOLVE_SECONDS)]
    except (OSError, UnicodeError, FutureTimeoutError):
        return []
