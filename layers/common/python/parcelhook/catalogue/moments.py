"""Times and dates, read strictly (RFC 3339) and written in one form."""

import re
from datetime import UTC, datetime
from typing import Any

from parcelhook.catalogue.faults import fault, text_of

_EXAMPLE = "2026-01-02T20:00:00Z"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"(?P<seconds>\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})"
    r"(?:\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>[Zz]|[+-]\d{2}:\d{2})?",
    re.ASCII,
)

_ZONE = r"([Zz]|[+-]\d{2}:\d{2})"
_LOCAL = _DATE.pattern + r"[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?"

MOMENT_SCHEMA: dict[str, Any] = {"type": "string", "format": "date-time", "pattern": f"^{_LOCAL}{_ZONE}$"}
DAY_OR_MOMENT_SCHEMA: dict[str, Any] = {
    "anyOf": [MOMENT_SCHEMA, {"type": "string", "format": "date", "pattern": f"^{_DATE.pattern}$"}]
}
LOCAL_TIME_SCHEMA: dict[str, Any] = {"type": "string", "pattern": f"^({_DATE.pattern}|{_LOCAL}{_ZONE}?)$"}


def moment(value: object) -> str:
    """`value` in UTC with `Z`; a fraction of a second is kept, from milliseconds up, unless it is zero."""
    match = _match(text_of(value))
    if match["zone"] is None:
        raise fault("This time has no zone. End it with Z for UTC, or with an offset such as +02:00.")
    return _canonical(match)


def day_or_moment(value: object) -> str:
    """As `moment`, and a date alone is its midnight in UTC."""
    text = text_of(value)
    return moment(f"{text}T00:00:00Z") if _DATE.fullmatch(text) else moment(text)


def local_time(value: object) -> str:
    """`value` as it was given: a date, or a time with or without a zone. Where it was is not ours to guess."""
    text = text_of(value)
    _canonical(_match(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text))
    return text


def instant(canonical: str) -> datetime:
    """The point in time that `moment` wrote, to the microsecond."""
    return datetime.fromisoformat(canonical)


def _match(text: str) -> re.Match[str]:
    match = _TIME.fullmatch(text)
    if match is None:
        raise fault(f"This is not a time of the form {_EXAMPLE} (RFC 3339).")
    return match


def _canonical(match: re.Match[str]) -> str:
    try:
        whole = datetime.fromisoformat(match["seconds"] + (match["zone"] or "Z").upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise fault("There is no such day or time in the calendar.") from error
    # The fraction is carried over as text, because a datetime would drop what is finer than a microsecond.
    fraction = (match["fraction"] or "").rstrip("0")
    return whole.replace(tzinfo=None).isoformat() + (f".{fraction.ljust(3, '0')}" if fraction else "") + "Z"
