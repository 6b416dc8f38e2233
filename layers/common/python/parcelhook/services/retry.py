"""Parts of the retry function."""

from datetime import timedelta

from parcelhook.clock import SystemClock
from parcelhook.delivery.redrive import Redriver
from parcelhook.services import shared
from parcelhook.settings import Settings


def build_redriver(settings: Settings) -> Redriver:
    """The re-driver, on AWS."""
    clock = SystemClock()
    return Redriver(
        ledger=shared.build_ledger(settings, shared.client("dynamodb"), clock),
        queue=shared.build_queue(settings.retries_queue_url),
        schedules=shared.build_schedules(settings),
        retry_schedule=shared.build_retry_schedule(settings),
        clock=clock,
        grace=timedelta(seconds=settings.sweep_grace_seconds),
    )
