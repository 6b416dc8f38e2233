"""Parts of the retry function."""

from datetime import timedelta

from parcelhook.clock import SystemClock
from parcelhook.delivery.redrive import Redriver
from parcelhook.services import shared
from parcelhook.settings import Settings


def build_redriver(settings: Settings) -> Redriver:
    """The re-driver, on AWS."""
    ledger = shared.build_ledger(settings, shared.client("dynamodb"), SystemClock())
    return Redriver(
        waiting=shared.build_waiting(settings, ledger),
        queue=shared.build_queue(settings.retries_queue_url),
        grace=timedelta(seconds=settings.sweep_grace_seconds),
    )
