"""What each function is told of its surroundings, as `parcelhook.settings` reads it."""

from infra.constructs.backing import Backing
from parcelhook.resources import API, DISPATCH, EVENTS, INGEST, INGESTION, LEDGER, REGISTRY, RETRIES, RETRY, SLOW
from parcelhook.settings import PREFIX

_TABLES = ("registry_table", "ledger_table", "ledger_days")
_SECRETS = ("master_secret_parameter", "signing_key_parameter")
_SCHEDULES = ("schedule_group", "scheduler_role_arn", "scheduler_dead_letter_arn", "retry_jitter_seconds")
_LIMITS = ("allowed_ports", "publish_rate", "publish_burst")
_DIALECTS = ("resource_base_url", "retry_interval_seconds", "retry_attempts")

# Each function is given what it uses and no more. The dispatch function's `retry_function_arn` is added once that
# function exists; the retry function cannot be told its own, which it learns from each invocation. What judges
# endpoints is told its `own_hosts` once there is an API.
_FIELDS: dict[str, tuple[str, ...]] = {
    API.name: (*_TABLES, *_SECRETS, *_DIALECTS, "events_queue_url", "retries_queue_url", *_LIMITS, "log_level"),
    DISPATCH.name: (
        *(*_TABLES, *_SECRETS, *_DIALECTS, *_SCHEDULES),
        *("events_queue_url", "retries_queue_url", "slow_queue_url", "allowed_ports", "log_level", "stage"),
    ),
    INGEST.name: (
        *(*_TABLES, *_DIALECTS, "events_queue_url", "ingest_dead_letter_queue_url"),
        *("allowed_ports", "log_level"),
    ),
    RETRY.name: (*_TABLES, *_SCHEDULES, "retries_queue_url", "log_level", "stage"),
}


def variable(field: str) -> str:
    """The variable that a field of `Settings` is read from."""
    return PREFIX + field.upper()


def environment(function_name: str, backing: Backing) -> dict[str, str]:
    """The variables of one function."""
    values = _of_stage(backing) | _of_resources(backing)
    return {variable(field): values[field] for field in _FIELDS[function_name]}


def _of_resources(backing: Backing) -> dict[str, str]:
    return {
        "registry_table": backing.tables.by_name[REGISTRY.name].table_name,
        "ledger_table": backing.tables.by_name[LEDGER.name].table_name,
        "events_queue_url": backing.queues.by_name[EVENTS.name].queue_url,
        "retries_queue_url": backing.queues.by_name[RETRIES.name].queue_url,
        "slow_queue_url": backing.queues.by_name[SLOW.name].queue_url,
        "ingest_dead_letter_queue_url": backing.queues.dead_letters[INGESTION.name].queue_url,
        "schedule_group": backing.schedules.group.schedule_group_name,
        "scheduler_role_arn": backing.schedules.role.role_arn,
        "scheduler_dead_letter_arn": backing.schedules.dead_letters.queue_arn,
    }


def _of_stage(backing: Backing) -> dict[str, str]:
    settings = backing.settings
    return {
        "master_secret_parameter": settings.master_secret_parameter,
        "signing_key_parameter": settings.signing_key_parameter,
        "log_level": settings.log_level,
        "stage": settings.stage,
        "ledger_days": str(settings.ledger_days),
        "retry_interval_seconds": str(settings.retry_interval_seconds),
        "retry_attempts": str(settings.retry_attempts),
        "retry_jitter_seconds": str(settings.retry_jitter_seconds),
        "allowed_ports": ",".join(map(str, settings.allowed_ports)),
        "publish_rate": str(settings.publish_rate),
        "publish_burst": str(settings.publish_burst),
        "resource_base_url": settings.resource_base_url,
    }
