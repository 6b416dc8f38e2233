"""Parts of the api function."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.dialects.base import Dialects
from parcelhook.erasure import ErasureRequests
from parcelhook.ids import Ids
from parcelhook.manual_retries import ManualRetries
from parcelhook.publishing import Publisher
from parcelhook.publishing_limit import PublishingLimit
from parcelhook.recoveries import Recoveries
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.api_keys import Authenticator
from parcelhook.security.endpoints import EndpointRules
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.services import shared
from parcelhook.services.outside import PROMPT, Outside, with_few_clients
from parcelhook.services.publishing import build_publishing, resolver
from parcelhook.settings import Settings
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import Lists
from parcelhook.storage.publications import Publications
from parcelhook.storage.publishing_rates import PublishingRates
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.storage.registry import Registry

if TYPE_CHECKING:
    from parcelhook.delivery.attempts import Attempter


@collaborator(kw_only=True)
class ApiServices:
    """What the routes work with."""

    authenticator: Authenticator
    registry: Registry
    ledger: Ledger
    lists: Lists
    publisher: Publisher
    publications: Publications
    manual_retries: ManualRetries
    recoveries: Recoveries
    erasure_requests: ErasureRequests
    tracks: RegisteredTracks
    secrets: ParameterSecrets
    attempter: "Callable[[], Attempter]"
    """Made when first asked for: few calls need it, and what it imports would slow every cold start."""
    dialects: Dialects
    endpoint_rules: EndpointRules
    clock: Clock
    ids: Ids


def build_api_services(settings: Settings, outside: Outside = PROMPT) -> ApiServices:
    """All of them, on AWS."""
    outside = with_few_clients(outside, "dynamodb", "sqs")
    clock, ids = outside.clock, outside.ids
    publishing = build_publishing(settings, outside)
    registry, ledger, dialects = publishing.registry, publishing.ledger, publishing.dialects
    retries = shared.build_queue(settings.retries_queue_url, outside)
    secrets = shared.build_secrets(settings, outside)
    return ApiServices(
        authenticator=Authenticator(registry, clock, settings.key_cache_seconds),
        registry=registry,
        ledger=ledger,
        lists=Lists(ledger),
        publisher=replace(publishing.publisher, admit=_build_limit(settings, ledger, outside).take),
        publications=publishing.publications,
        manual_retries=ManualRetries(queue=retries, clock=clock, ids=ids),
        recoveries=Recoveries(
            rows=RecoveryRows(ledger),
            recoverable=Recoverable(ledger),
            queue=retries,
            clock=clock,
            ids=ids,
            delay=timedelta(seconds=2 * settings.subscription_cache_seconds),
        ),
        erasure_requests=ErasureRequests(eraser=shared.build_eraser(settings, ledger), queue=retries, clock=clock),
        tracks=publishing.tracks,
        secrets=secrets,
        attempter=cache(lambda: _build_attempter(settings, dialects, secrets, clock)),
        dialects=dialects,
        endpoint_rules=publishing.endpoint_rules,
        clock=clock,
        ids=ids,
    )


def _build_limit(settings: Settings, ledger: Ledger, outside: Outside) -> PublishingLimit:
    return PublishingLimit(
        rates=PublishingRates(table=ledger.table, clock=outside.clock),
        clock=outside.clock,
        per_second=settings.publish_rate,
        burst=settings.publish_burst,
    )


def _build_attempter(settings: Settings, dialects: Dialects, secrets: ParameterSecrets, clock: Clock) -> "Attempter":
    from parcelhook.delivery.attempts import Attempter
    from parcelhook.services.sending import build_sender

    return Attempter(dialects=dialects, sender=build_sender(settings, resolver), secrets=secrets, clock=clock)
