"""Parts of the retry function."""

from datetime import timedelta

from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.survey import Survey
from parcelhook.metrics import MetricLines
from parcelhook.services import shared
from parcelhook.services.outside import REAL, Outside, with_few_clients
from parcelhook.settings import Settings
from parcelhook.storage.open_circuits import OpenCircuits
from parcelhook.telemetry import Write, to_stdout


def build_redriver(settings: Settings, outside: Outside = REAL) -> Redriver:
    """The re-driver, on AWS."""
    outside = with_few_clients(outside, "dynamodb", "sqs")
    ledger = shared.build_ledger(settings, outside.client("dynamodb"), outside)
    return Redriver(
        waiting=shared.build_waiting(settings, ledger, outside),
        queue=shared.build_queue(settings.retries_queue_url, outside),
        grace=timedelta(seconds=settings.sweep_grace_seconds),
    )


def build_survey(settings: Settings, outside: Outside = REAL, write: Write = to_stdout) -> Survey:
    """What is counted each time that the re-driver sweeps."""
    ledger = shared.build_ledger(settings, outside.client("dynamodb"), outside)
    lines = MetricLines(stage=settings.stage, clock=outside.clock, write=write)
    return Survey(circuits=OpenCircuits(ledger), lines=lines)
