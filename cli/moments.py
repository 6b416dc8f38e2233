"""Points in time as people type them."""

import re
from datetime import UTC, datetime, timedelta

import typer

from parcelhook.clock import to_text

_AGO = re.compile(r"(?P<number>[0-9]{1,5})(?P<unit>[mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def moment(text: str, now: datetime) -> str:
    """`2h` (so long ago) or an ISO 8601 time, UTC where it names no offset. Raises `typer.BadParameter`."""
    if match := _AGO.fullmatch(text):
        return to_text(now - int(match["number"]) * _UNITS[match["unit"]])
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time; give one like 2h, 3d or 2026-01-31T12:00:00Z.") from error
    return to_text(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
