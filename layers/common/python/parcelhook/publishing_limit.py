"""How fast an account may publish, over all functions that take events in, at next to no cost.

A function counts for itself, and reports to the ledger only once it has counted a fiftieth of what the account may
publish in ten seconds: docs/decisions/016-publishing-limit.md.
"""

import math
from dataclasses import dataclass, field
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.errors import TooManyEventsError, UnavailableError

_SECOND = 1_000_000
_WINDOW_SECONDS = 10
_SHARE = 50
# A bound on memory: whoever is forgotten begins to be counted anew.
_REMEMBERED = 10_000


class Rates(Protocol):
    """What all functions together know."""

    def use(self, account_id: str, microseconds: int) -> int:
        """Uses up so much time of an account's rate. Answers until when it is used up, in microseconds since 1970."""
        ...


@dataclass(slots=True)
class _Count:
    """What one function knows of one account."""

    since: float = 0.0
    """Of the clock's monotonic seconds."""
    events: int = 0
    """Not yet reported."""
    refused_until: float = 0.0
    """In seconds since 1970."""


@dataclass(slots=True, kw_only=True)
class PublishingLimit:
    """A token bucket for each account: `per_second` events in the long run, `burst` at once."""

    rates: Rates
    clock: Clock
    per_second: int
    """0 is no limit."""
    burst: int
    _counts: dict[str, _Count] = field(default_factory=dict)

    def take(self, account_id: str, events: int) -> None:
        """Counts events that are about to be published. Raises `TooManyEventsError` while the rate is used up."""
        if not self.per_second:
            return
        count, now = self._count(account_id), self.clock.now().timestamp()
        if count.refused_until > now:
            raise TooManyEventsError(
                f"This account has published more than {self.burst} events at once and {self.per_second} a second.",
                retry_after_seconds=math.ceil(count.refused_until - now),
            )
        monotonic = self.clock.monotonic()
        if count.since + _WINDOW_SECONDS < monotonic:
            # So few in so long a time are not worth a write.
            count.since, count.events = monotonic, 0
        count.events += events
        if count.events >= self._reported_at:
            self._report(account_id, count, now)

    @property
    def _reported_at(self) -> int:
        return max(1, self.per_second * _WINDOW_SECONDS // _SHARE)

    def _report(self, account_id: str, count: _Count, now: float) -> None:
        used, count.events = count.events * _SECOND // self.per_second, 0
        try:
            until = self.rates.use(account_id, used) / _SECOND
        except UnavailableError:
            # Nobody's events are refused because they cannot be counted.
            return
        count.refused_until = (
            until - self.burst / self.per_second if until - now > self.burst / self.per_second else 0.0
        )

    def _count(self, account_id: str) -> _Count:
        if account_id not in self._counts and len(self._counts) >= _REMEMBERED:
            self._counts.clear()
        return self._counts.setdefault(account_id, _Count(since=self.clock.monotonic()))
