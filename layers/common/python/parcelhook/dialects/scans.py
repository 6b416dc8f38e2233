"""Scans of a parcel in the order in which they happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

Scan = Mapping[str, Any]


def oldest_first(scans: Sequence[Scan]) -> list[Scan]:
    """`scans` by time. Most publishers list the newest first; that order also decides between two of the same time."""
    is_newest_first = bool(scans) and _moment(scans[0]) >= _moment(scans[-1])
    return sorted(reversed(scans) if is_newest_first else scans, key=_moment)


def _moment(scan: Scan) -> datetime:
    # As text, a time with a fraction of a second would come before the same time without.
    return datetime.fromisoformat(scan["occurred_at"])
