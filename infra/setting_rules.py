"""What the settings of a stage may be, and how they are read from text."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class StageSettingsError(ValueError):
    """A setting of the stage is unknown, malformed, out of range, or contradicts another."""


class Rule(NamedTuple):
    """What a value must be, as a test and in words."""

    accepts: Callable[[Any], bool]
    wanted: str


def _between(low: int, high: int) -> Rule:
    return Rule(lambda value: low <= value <= high, f"{low:,} to {high:,}")


def _one_of(choices: tuple[object, ...]) -> Rule:
    return Rule(lambda value: value in choices, "one of " + ", ".join(map(str, choices)))


def _matches(pattern: str, wanted: str) -> Rule:
    return Rule(lambda value: re.fullmatch(pattern, value) is not None, wanted)


RULES: dict[str, Rule] = {
    "stage": _matches("[a-z][a-z0-9-]{0,15}", "1 to 16 small letters, digits and hyphens, beginning with a letter"),
    "log_retention_days": _one_of(LOG_RETENTION_DAYS),
    "log_level": _one_of(LOG_LEVELS),
    "throttle_rate": _between(1, 10_000),
    "throttle_burst": _between(1, 5_000),
    "max_concurrency": _between(2, 1_000),
    "batching_window_seconds": _between(0, 10),
    "custom_domain": _matches(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", "a domain name"),
    "certificate_arn": _matches(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-z-]+", "the ARN of a certificate in ACM"
    ),
    "alarm_email": _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address"),
    "budget_usd": _between(1, 1_000_000),
    "ledger_days": _between(1, 365),
    "retry_interval_seconds": _between(60, 86_400),
    "retry_attempts": _between(1, 10),
    "retry_jitter_seconds": _between(0, 300),
    "allowed_ports": Rule(
        lambda ports: bool(ports) and all(1 <= port <= 65_535 for port in ports), "ports, 1 to 65,535"
    ),
    "publish_rate": _between(0, 100_000),
    "publish_burst": _between(100, 1_000_000),
    "resource_base_url": _matches(r"https://[^\s?#]+[^\s?#/]", "an https URL without query and closing slash"),
}


def parse(name: str, kind: str, value: object) -> object:
    """`value` as a setting of that kind. Context from the command line is text; a file's may have its type already.

    Raises `StageSettingsError`.
    """
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
