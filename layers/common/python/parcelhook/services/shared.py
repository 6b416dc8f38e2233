"""Parts that several functions have."""

from datetime import timedelta
from typing import TYPE_CHECKING

from parcelhook.delivery.due import EventBridgeSchedules, ScheduleTarget
from parcelhook.delivery.policy import Buckets, RetrySchedule
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects import build_dialects
from parcelhook.dialects.base import Dialects
from parcelhook.erasure import Eraser
from parcelhook.queues import SqsQueue
from parcelhook.security.endpoints import EndpointRules, Resolve
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.services.outside import Outside
from parcelhook.settings import Settings
from parcelhook.storage.erasures import Erasures
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from parcelhook.storage.trackings import Trackings

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def build_registry(settings: Settings, dynamodb: "DynamoDBClient", outside: Outside) -> Registry:
    return Registry(DynamoTable(dynamodb, settings.registry_table, outside.ids.random_bytes))


def build_ledger(settings: Settings, dynamodb: "DynamoDBClient", outside: Outside) -> Ledger:
    table = DynamoTable(dynamodb, settings.ledger_table, outside.ids.random_bytes)
    return Ledger(table=table, clock=outside.clock, days=settings.ledger_days, shards=settings.due_shards)


def build_eraser(settings: Settings, ledger: Ledger) -> Eraser:
    trackings = Trackings(table=ledger.table, clock=ledger.clock, days=settings.ledger_days)
    return Eraser(ledger=ledger, erasures=Erasures(ledger), trackings=trackings, clock=ledger.clock)


def build_secrets(settings: Settings, outside: Outside) -> ParameterSecrets:
    return ParameterSecrets(
        client=outside.client("ssm"),
        master_name=settings.master_secret_parameter,
        rsa_name=settings.signing_key_parameter,
    )


def build_known_dialects(settings: Settings) -> Dialects:
    return build_dialects(
        resource_base_url=settings.resource_base_url,
        attempts=settings.retry_attempts,
        interval=timedelta(seconds=settings.retry_interval_seconds),
    )


def build_endpoint_rules(settings: Settings, resolve: Resolve) -> EndpointRules:
    return EndpointRules(
        allowed_ports=frozenset(settings.allowed_ports),
        resolve=resolve,
        own_hosts=frozenset(settings.own_hosts),
        dangerous_allow_private=settings.dangerous_allow_private_endpoints,
    )


def build_queue(url: str, outside: Outside) -> SqsQueue:
    return SqsQueue(outside.client("sqs"), url)


def build_schedules(settings: Settings, outside: Outside) -> EventBridgeSchedules:
    target = ScheduleTarget(
        group=settings.schedule_group,
        function_arn=settings.retry_function_arn,
        role_arn=settings.scheduler_role_arn,
        dead_letter_arn=settings.scheduler_dead_letter_arn,
    )
    return EventBridgeSchedules(outside.client("scheduler"), target)


def build_retry_schedule(settings: Settings, outside: Outside) -> RetrySchedule:
    buckets = Buckets(
        width=timedelta(seconds=settings.bucket_seconds), lead=timedelta(seconds=settings.bucket_lead_seconds)
    )
    jitter = timedelta(seconds=settings.retry_jitter_seconds)
    return RetrySchedule(buckets=buckets, jitter=jitter, uniform=outside.uniform)


def build_waiting(settings: Settings, ledger: Ledger, outside: Outside) -> Waiting:
    return Waiting(
        ledger=ledger,
        schedules=build_schedules(settings, outside),
        retry_schedule=build_retry_schedule(settings, outside),
        clock=ledger.clock,
    )
