"""The environment, read once and typed."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from parcelhook.errors import SettingsError
from parcelhook.values import value

PREFIX = "PARCELHOOK_"


@value(kw_only=True)
class Settings:
    """What a function must know of its surroundings. Each is `PARCELHOOK_` and its name in capitals."""

    registry_table: str
    ledger_table: str
    # Each function is given only what it uses; the rest stays empty.
    events_queue_url: str = ""
    retries_queue_url: str = ""
    slow_queue_url: str = ""
    ingest_dead_letter_queue_url: str = ""
    schedule_group: str = ""
    retry_function_arn: str = ""
    scheduler_role_arn: str = ""
    scheduler_dead_letter_arn: str = ""
    master_secret_parameter: str = ""
    signing_key_parameter: str = ""

    resource_base_url: str = "https://api.shipengine.com"
    """Where an event without a `resource_url` is said to be readable."""
    retry_interval_seconds: int = 7200
    """From the end of a failed attempt to the next (60 to 86,400; less only on a laptop)."""
    retry_attempts: int = 3
    """Attempts in all (1 to 10)."""
    retry_jitter_seconds: int = 0
    """Up to this much later, at random (0 to 300)."""
    bucket_seconds: int = 60
    """Width of a due bucket. EventBridge Scheduler is precise to 60 s."""
    bucket_lead_seconds: int = 120
    """How far ahead a bucket must lie when something is put into it."""
    due_shards: int = 1
    """Over how many index partitions what is due is spread; each takes some 1,000 failures a second."""
    sweep_grace_seconds: int = 600
    """How long something may be overdue before the safety net takes it for left behind."""
    claim_seconds: int = 90
    """How long a worker may take over an attempt before another may try. More than the dispatch function's timeout,
    less than its queues' visibility timeout."""
    publication_lease_seconds: int = 60
    """How long a publisher's call may hold an event's id. More than the api function's timeout, 29 s."""
    fast_budget_seconds: int = 3
    """An endpoint that takes longer over an answer is sent to from the slow lane (1 to 10)."""
    ledger_days: int = 30
    """How long events and deliveries are kept."""
    subscription_cache_seconds: int = 5
    """For how long a deleted or changed subscription may still receive."""
    key_cache_seconds: int = 10
    """For how long a revoked API key may still work."""
    allowed_ports: tuple[int, ...] = (443, 8443)
    """Ports that an endpoint may listen on."""
    publish_rate: int = 500
    """Events a second that an account may publish in the long run (1 to 100,000); 0 is no limit."""
    publish_burst: int = 10_000
    """Events that an account may publish at once before `publish_rate` counts (100 to 1,000,000)."""
    own_hosts: tuple[str, ...] = ()
    """Host names that this service answers on. None may be an endpoint."""
    dangerous_allow_private_endpoints: bool = False
    """Laptop only: lets endpoints be http, on any port, and on private addresses."""
    log_level: str = "INFO"
    stage: str = ""
    """What metrics are told of; where it is empty, there are none."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads what is set and leaves the rest at its default. Raises `SettingsError` naming the variable."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            text = environment.get(PREFIX + field.name.upper())
            if text is not None:
                values[field.name] = _parse(PREFIX + field.name.upper(), str(field.type), text)
        missing = [name for name in ("registry_table", "ledger_table") if name not in values]
        if missing:
            raise SettingsError(f"{PREFIX}{missing[0].upper()} is not set")
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """The variables that `from_environment` reads these settings from."""
        environment = {}
        for field in fields(self):
            value = getattr(self, field.name)
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            environment[PREFIX + field.name.upper()] = text
        return environment


def _parse(name: str, kind: str, text: str) -> object:
    parsers: dict[str, Callable[[str], object]] = {
        "<class 'str'>": str,
        "<class 'int'>": int,
        "<class 'bool'>": _boolean,
        "tuple[str, ...]": lambda value: tuple(filter(None, value.lower().split(","))),
        "tuple[int, ...]": lambda value: tuple(int(part) for part in value.split(",")),
    }
    try:
        return parsers[kind](text)
    except ValueError as error:
        raise SettingsError(f"{name} is {text!r}: {error}") from error


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"
