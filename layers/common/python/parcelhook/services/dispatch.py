"""Parts of the dispatch function."""

from datetime import timedelta

from parcelhook.clock import Clock
from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.attempts import Attempter
from parcelhook.delivery.backlog import SqsBacklog
from parcelhook.delivery.endpoint_notes import EndpointNotes
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.lanes import Lanes
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.measures import Measures
from parcelhook.delivery.observers import Observer, Observers
from parcelhook.delivery.operational import OperationalEvents
from parcelhook.delivery.planner import build_planner
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.delivery.sender import Sender
from parcelhook.delivery.tally import Tally
from parcelhook.delivery.usage_tally import UsageTally
from parcelhook.metrics import MetricLines
from parcelhook.services import shared
from parcelhook.services.outside import REAL, Outside, with_few_clients
from parcelhook.services.sending import build_sender
from parcelhook.settings import Settings
from parcelhook.storage.endpoint_conditions import EndpointConditions
from parcelhook.storage.open_circuits import OpenCircuits
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.storage.stats import Stats
from parcelhook.storage.usage import UsageDays
from parcelhook.telemetry import Write, build_lines, to_stdout


def build_observer(settings: Settings, clock: Clock, write: Write = to_stdout) -> Observer:
    """What a worker tells of its work: a line of each attempt, and metrics of each batch."""
    metrics = MetricLines(stage=settings.stage, clock=clock, write=write)
    return Observers(AttemptLog(build_lines(settings.log_level, write)), Measures(lines=metrics, clock=clock))


def build_engine(
    settings: Settings, observer: Observer, outside: Outside = REAL, sender: Sender | None = None
) -> Engine:
    """The engine, on AWS and, unless there is another `sender`, the internet."""
    outside = with_few_clients(outside, "dynamodb", "ssm")
    clock, dialects = outside.clock, shared.build_known_dialects(settings)
    dynamodb = outside.client("dynamodb")
    ledger = shared.build_ledger(settings, dynamodb, outside)
    registry = shared.build_registry(settings, dynamodb, outside)
    waiting = shared.build_waiting(settings, ledger, outside)
    conditions = EndpointConditions(registry.table)
    claim = timedelta(seconds=settings.claim_seconds)
    matching = Matching(registry, clock, timedelta(seconds=settings.subscription_cache_seconds))
    operational = OperationalEvents(
        matching=matching, queue=shared.build_queue(settings.events_queue_url, outside), clock=clock
    )
    notes = EndpointNotes(
        conditions=conditions,
        dialects=dialects,
        clock=clock,
        fast_budget=timedelta(seconds=settings.fast_budget_seconds),
        observer=operational,
        count=OpenCircuits(ledger),
    )
    usage = UsageTally(store=UsageDays(ledger.table), clock=clock, ids=outside.ids)
    everybody = Observers(observer, Tally(Stats(ledger)), usage)
    recorder = Recorder(
        waiting=waiting,
        dialects=dialects,
        health=registry,
        endpoints=notes,
        operational=operational,
        observer=everybody,
    )
    lanes = Lanes(
        limits=conditions,
        queue=shared.build_queue(settings.slow_queue_url, outside),
        dialects=dialects,
        retry_schedule=waiting.retry_schedule,
        clock=clock,
        ids=outside.ids,
        claim=claim,
    )
    planner = build_planner(
        matching=matching,
        ledger=ledger,
        recorder=recorder,
        recoverer=Recoverer(
            rows=RecoveryRows(ledger),
            recoverable=Recoverable(ledger),
            waiting=waiting,
            queue=shared.build_queue(settings.retries_queue_url, outside),
        ),
        eraser=shared.build_eraser(settings, ledger),
        dialects=dialects,
        clock=clock,
        claim=claim,
        lanes=lanes,
    )
    attempter = Attempter(
        dialects=dialects,
        sender=sender or build_sender(settings),
        secrets=shared.build_secrets(settings, outside),
        clock=clock,
    )
    backlog = SqsBacklog(outside.client("sqs"), settings.events_queue_url) if settings.events_queue_url else None
    return Engine(
        planner=planner, attempter=attempter, recorder=recorder, observer=everybody, clock=clock, backlog=backlog
    )
