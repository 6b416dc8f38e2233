"""The settings of a stage, read from CDK context (`-c name=value`) and checked before anything is built."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from parcelhook.resources import EVENTS_MAPPING
from parcelhook.settings import Settings

LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class StageSettingsError(ValueError):
    """A setting of the stage is unknown, malformed or out of range."""


def _application_default(name: str) -> Any:
    """What the application itself does without the setting, so that no default is written down twice."""
    return next(field.default for field in fields(Settings) if field.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """One deployment. Each field is the context key of the same name."""

    stage: str = "dev"
    """Names the stack, `Parcelhook-<stage>`: up to 16 small letters, digits and hyphens, beginning with a letter."""
    keep_data: bool | None = None
    """Whether registry and logs outlive the stack, the registry protected from deletion. Unset: yes, except for `dev`
    and `dev-…`."""
    log_retention_days: int = 14
    """For how long logs are kept, in days (one of CloudWatch's own steps)."""
    log_level: str = _application_default("log_level")
    """The least severe log line that is written: DEBUG, INFO, WARNING or ERROR."""
    throttle_rate: int = 50
    """Requests a second that the API takes, over all callers (1 to 10,000)."""
    throttle_burst: int = 100
    """Requests at once that the API takes (1 to 5,000)."""
    max_concurrency: int = EVENTS_MAPPING.max_concurrency
    """How many dispatch functions may work on published events at once (2 to 1,000). Other queues keep their
    proportion to it."""
    alarm_email: str | None = None
    """Who is told of alarms. Unset: alarms only show in CloudWatch."""
    budget_usd: int | None = None
    """Monthly cost of the AWS account, in US dollars, of which `alarm_email` is told at 80 % expected and 100 % spent.
    Unset: no budget."""
    ledger_days: int = _application_default("ledger_days")
    """For how long events and deliveries are kept, in days (1 to 365)."""
    retry_interval_seconds: int = _application_default("retry_interval_seconds")
    """From a failed attempt to the next, in seconds (60 to 86,400)."""
    retry_attempts: int = _application_default("retry_attempts")
    """Attempts in all (1 to 10)."""
    retry_jitter_seconds: int = _application_default("retry_jitter_seconds")
    """Up to this much later, at random, in seconds (0 to 300)."""
    allowed_ports: tuple[int, ...] = _application_default("allowed_ports")
    """Ports that an endpoint may listen on, comma-separated."""
    resource_base_url: str = _application_default("resource_base_url")
    """Where an event published without a `resource_url` is said to be readable."""

    def __post_init__(self) -> None:
        for name, (accepts, wanted) in _RULES.items():
            value = getattr(self, name)
            if value is not None and not accepts(value):
                raise StageSettingsError(f"{name} is {value!r}, but must be {wanted}.")
        if self.budget_usd is not None and self.alarm_email is None:
            raise StageSettingsError("budget_usd needs alarm_email, which is told when the budget is reached.")

    @property
    def keeps_data(self) -> bool:
        """Keeping is the default of every stage that is not plainly for development: what is deleted stays deleted."""
        if self.keep_data is not None:
            return self.keep_data
        return not re.fullmatch("dev(-.*)?", self.stage)

    @property
    def master_secret_parameter(self) -> str:
        """SSM name of the secret that signing secrets are derived from."""
        return f"/parcelhook/{self.stage}/master-secret"

    @property
    def signing_key_parameter(self) -> str:
        """SSM name of the RSA key of ShipEngine's signature."""
        return f"/parcelhook/{self.stage}/signing-key"

    @classmethod
    def from_context(cls, context: Mapping[str, object]) -> "StageSettings":
        """Takes its own keys and refuses look-alikes: a misspelt setting must not be ignored.

        CDK's own keys hold a colon, a hyphen or an @ and are left alone.
        """
        kinds = {field.name: str(field.type) for field in fields(cls)}
        unknown = [key for key in context if key.isidentifier() and key not in kinds]
        if unknown:
            raise StageSettingsError(f"{unknown[0]} is not a setting; the settings are {', '.join(kinds)}.")
        values: dict[str, Any] = {key: _parse(key, kinds[key], context[key]) for key in kinds if key in context}
        return cls(**values)


def _between(low: int, high: int) -> tuple[Callable[[Any], bool], str]:
    return lambda value: low <= value <= high, f"{low:,} to {high:,}"


def _one_of(choices: tuple[object, ...]) -> tuple[Callable[[Any], bool], str]:
    return lambda value: value in choices, "one of " + ", ".join(map(str, choices))


def _matches(pattern: str, wanted: str) -> tuple[Callable[[Any], bool], str]:
    return lambda value: re.fullmatch(pattern, value) is not None, wanted


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "stage": _matches("[a-z][a-z0-9-]{0,15}", "1 to 16 small letters, digits and hyphens, beginning with a letter"),
    "log_retention_days": _one_of(LOG_RETENTION_DAYS),
    "log_level": _one_of(LOG_LEVELS),
    "throttle_rate": _between(1, 10_000),
    "throttle_burst": _between(1, 5_000),
    "max_concurrency": _between(2, 1_000),
    "alarm_email": _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address"),
    "budget_usd": _between(1, 1_000_000),
    "ledger_days": _between(1, 365),
    "retry_interval_seconds": _between(60, 86_400),
    "retry_attempts": _between(1, 10),
    "retry_jitter_seconds": _between(0, 300),
    "allowed_ports": (lambda ports: bool(ports) and all(1 <= port <= 65_535 for port in ports), "ports, 1 to 65,535"),
    "resource_base_url": _matches(r"https://[^\s?#]+[^\s?#/]", "an https URL without query and closing slash"),
}


def _parse(name: str, kind: str, value: object) -> object:
    """Context from the command line is text; from a file it may have its type already."""
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value).strip()
    parsers: dict[str, tuple[Callable[[str], object], str]] = {
        "<class 'str'>": (str, "text"),
        "str | None": (str, "text"),
        "<class 'int'>": (int, "a whole number"),
        "int | None": (int, "a whole number"),
        "bool | None": (_boolean, "true or false"),
        "tuple[int, ...]": (_numbers, "whole numbers, comma-separated"),
    }
    parser, wanted = parsers[kind]
    try:
        return parser(text)
    except ValueError:
        raise StageSettingsError(f"{name} is {text!r}, but must be {wanted}.") from None


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))
