"""Parts of the ingest function."""

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.publishing import Publisher
from parcelhook.refused_publications import Refusals, SqsRefusals
from parcelhook.services.outside import REAL, Outside, with_few_clients
from parcelhook.services.publishing import build_publishing
from parcelhook.settings import Settings
from parcelhook.storage.registry import Registry


@collaborator(kw_only=True)
class IngestServices:
    """What takes events from the queue works with."""

    registry: Registry
    publisher: Publisher
    refusals: Refusals
    clock: Clock


def build_ingest_services(settings: Settings, outside: Outside = REAL) -> IngestServices:
    """All of them, on AWS. There is no limit for each account: who may send to the queue is the operator."""
    outside = with_few_clients(outside, "dynamodb", "sqs")
    publishing = build_publishing(settings, outside)
    return IngestServices(
        registry=publishing.registry,
        publisher=publishing.publisher,
        refusals=SqsRefusals(outside.client("sqs"), settings.ingest_dead_letter_queue_url),
        clock=outside.clock,
    )
