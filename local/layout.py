"""What each resource of `parcelhook.resources` is called on the laptop, and the settings that follow from it."""

from dataclasses import replace

from local.configuration import Configuration
from parcelhook.resources import (
    EVENTS,
    INGESTION,
    LEDGER,
    REGISTRY,
    RETRIES,
    RETRY,
    SLOW,
    SWEEP_INTERVAL_MINUTES,
    Function,
    Queue,
    Table,
)
from parcelhook.settings import Settings

REGION = "us-east-1"
AWS_ACCOUNT = "123456789012"
"""The account number that moto answers with."""
PREFIX = "parcelhook-local-"
SCHEDULE_GROUP = "parcelhook-local"
SWEEP_SCHEDULE = "sweep"
# The name of a secret, not the secret.
MASTER_SECRET = "/parcelhook/local/master-secret"  # noqa: S105


def table_name(table: Table) -> str:
    return PREFIX + table.name


def queue_name(queue: Queue) -> str:
    return PREFIX + queue.name


def dead_letter_name(queue: Queue) -> str:
    return f"{queue_name(queue)}-dead-letters"


def queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{AWS_ACCOUNT}/{name}"


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{AWS_ACCOUNT}:{name}"


def function_name(function: Function) -> str:
    return PREFIX + function.name


def function_arn(function: Function) -> str:
    return f"arn:aws:lambda:{REGION}:{AWS_ACCOUNT}:function:{function_name(function)}"


def bucket_seconds(retry_interval: int) -> int:
    """Width of a due bucket for a retry interval, both in seconds: a sixtieth, from one second to a minute."""
    return min(max(retry_interval // 60, 1), 60)


def bucket_lead_seconds(retry_interval: int) -> int:
    """How far ahead a bucket lies: two buckets, but no further than the retry interval itself."""
    return min(2 * bucket_seconds(retry_interval), retry_interval)


def sweep_grace_seconds(retry_interval: int) -> int:
    """How overdue something is before the safety net takes it: later than its bucket can be, at most ten minutes."""
    shortest = bucket_seconds(retry_interval) + bucket_lead_seconds(retry_interval)
    return min(max(retry_interval // 12, shortest), 600)


def sweep_minutes(retry_interval: int) -> int:
    """How often the safety net looks: at least as often as the retry interval, as far as whole minutes allow."""
    return min(max(retry_interval // 60, 1), SWEEP_INTERVAL_MINUTES)


def settings(configuration: Configuration) -> Settings:
    """The settings of every function on the laptop."""
    interval = configuration.retry_interval_seconds
    settings = Settings(
        registry_table=table_name(REGISTRY),
        ledger_table=table_name(LEDGER),
        events_queue_url=queue_url(queue_name(EVENTS)),
        retries_queue_url=queue_url(queue_name(RETRIES)),
        slow_queue_url=queue_url(queue_name(SLOW)),
        ingest_dead_letter_queue_url=queue_url(dead_letter_name(INGESTION)),
        schedule_group=SCHEDULE_GROUP,
        retry_function_arn=function_arn(RETRY),
        scheduler_role_arn=f"arn:aws:iam::{AWS_ACCOUNT}:role/{PREFIX}scheduler",
        master_secret_parameter=MASTER_SECRET,
        signing_key_parameter="/parcelhook/local/signing-key",
        retry_interval_seconds=interval,
        bucket_seconds=bucket_seconds(interval),
        bucket_lead_seconds=bucket_lead_seconds(interval),
        sweep_grace_seconds=sweep_grace_seconds(interval),
        subscription_cache_seconds=1,
        key_cache_seconds=1,
        publish_rate=configuration.publish_rate,
        publish_burst=configuration.publish_burst,
        dangerous_allow_private_endpoints=True,
    )
    visibility = configuration.visibility_timeout_seconds
    if visibility is None:
        return settings
    return replace(
        settings,
        # A message must not come back for the last time while a dead worker's claim still holds.
        claim_seconds=min(settings.claim_seconds, visibility),
        # Whoever shortens the life of a message does not want to wait for a dead front either.
        publication_lease_seconds=min(settings.publication_lease_seconds, 5 * visibility),
    )
