"""Parts that several functions have. The only place that makes AWS clients."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import Session

from parcelhook.clock import Clock
from parcelhook.delivery.due import EventBridgeSchedules, ScheduleTarget
from parcelhook.delivery.policy import Buckets, RetrySchedule
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects import build_dialects
from parcelhook.dialects.base import Dialects
from parcelhook.queues import SqsQueue
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.settings import Settings
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Throttling is waited out here, a second or two; what lasts longer is the caller's to know.
_RETRIES: dict[str, Any] = {"mode": "standard", "max_attempts": 5}
_CONFIG = Config(retries=_RETRIES, connect_timeout=2, read_timeout=5, tcp_keepalive=True)  # type: ignore[arg-type]


@cache
def _session() -> Session:
    return Session()


def client(service: str) -> Any:
    """An AWS client with our retries and time limits.

    boto3's own `client` does the same, but imports what S3 needs first, which is a fifth of a cold start.
    """
    return _session().create_client(service, config=_CONFIG)


def build_registry(settings: Settings, dynamodb: "DynamoDBClient") -> Registry:
    return Registry(DynamoTable(dynamodb, settings.registry_table))


def build_ledger(settings: Settings, dynamodb: "DynamoDBClient", clock: Clock) -> Ledger:
    table = DynamoTable(dynamodb, settings.ledger_table)
    return Ledger(table=table, clock=clock, days=settings.ledger_days, shards=settings.due_shards)


def build_secrets(settings: Settings) -> ParameterSecrets:
    return ParameterSecrets(
        client=client("ssm"),
        master_name=settings.master_secret_parameter,
        rsa_name=settings.signing_key_parameter,
    )


def build_known_dialects(settings: Settings) -> Dialects:
    return build_dialects(
        resource_base_url=settings.resource_base_url,
        attempts=settings.retry_attempts,
        interval=timedelta(seconds=settings.retry_interval_seconds),
    )


def build_queue(url: str) -> SqsQueue:
    return SqsQueue(client("sqs"), url)


def build_schedules(settings: Settings) -> EventBridgeSchedules:
    target = ScheduleTarget(
        group=settings.schedule_group,
        function_arn=settings.retry_function_arn,
        role_arn=settings.scheduler_role_arn,
        dead_letter_arn=settings.scheduler_dead_letter_arn,
    )
    return EventBridgeSchedules(client("scheduler"), target)


def build_retry_schedule(settings: Settings) -> RetrySchedule:
    buckets = Buckets(
        width=timedelta(seconds=settings.bucket_seconds), lead=timedelta(seconds=settings.bucket_lead_seconds)
    )
    return RetrySchedule(buckets=buckets, jitter=timedelta(seconds=settings.retry_jitter_seconds))


def build_waiting(settings: Settings, ledger: Ledger) -> Waiting:
    return Waiting(
        ledger=ledger,
        schedules=build_schedules(settings),
        retry_schedule=build_retry_schedule(settings),
        clock=ledger.clock,
    )
