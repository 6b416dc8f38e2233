"""EventBridge Scheduler's expressions: `at(2026-01-02T20:00:00)` and `rate(5 minutes)`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

_RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)s?\)")
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)")


class Expression(Protocol):
    """Says when a schedule is due."""

    def first(self, created: datetime) -> datetime:
        """The first time, for a schedule created then."""
        ...

    def following(self, due: datetime, now: datetime) -> datetime | None:
        """The time after `due`, which lies after `now`; none when there is no other."""
        ...


@dataclass(frozen=True, slots=True)
class At:
    """Once."""

    moment: datetime

    def first(self, created: datetime) -> datetime:  # noqa: ARG002 (the protocol's)
        return self.moment

    def following(self, due: datetime, now: datetime) -> datetime | None:  # noqa: ARG002 (the protocol's)
        return None


@dataclass(frozen=True, slots=True)
class Rate:
    """Again and again. Times that were missed are not made up for."""

    every: timedelta

    def first(self, created: datetime) -> datetime:
        return created + self.every

    def following(self, due: datetime, now: datetime) -> datetime | None:
        missed = max(0, (now - due) // self.every)
        return due + (missed + 1) * self.every


def parse(text: str, timezone: str = "UTC") -> Expression:
    """Raises `ValueError` for anything else; other zones than UTC are not ours."""
    if timezone != "UTC":
        raise ValueError(f"the zone {timezone} is not supported")
    if once := _AT.fullmatch(text):
        return At(datetime.fromisoformat(once[1]).replace(tzinfo=UTC))
    if rate := _RATE.fullmatch(text):
        return Rate(timedelta(**{f"{rate[2]}s": int(rate[1])}))
    raise ValueError(f"{text!r} is neither at(...) nor rate(...)")
