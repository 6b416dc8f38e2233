"""Counts what accounts use, and writes it down: at once where it is little, now and then where it is much."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.observers import Observer
from parcelhook.errors import UnavailableError
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import OPERATIONAL, Event
from parcelhook.model.usage import DailyUsage, Usage

_LOGGER = logging.getLogger(__name__)

# What a worker may lose when it ends: so small a part of what it counted of an account, and at most so many events and
# attempts together. Whoever has little is written down with each batch; whoever has much pays one write for these.
_SHARE = 10
MOST_UNWRITTEN = 250
REMEMBERED = 10_000
"""A bound on memory: where there are more counts after a batch, all are begun anew."""
# 51 bits: a few thousand counts of the same account, mode and day never meet.
_ID_LENGTH = 10


class UsageStore(Protocol):
    """Where counts are kept."""

    def write(self, counts: Mapping[str, DailyUsage]) -> None:
        """Keeps each count, by its id, in place of what was kept of it. Raises `UnavailableError`; some may be kept."""
        ...


@dataclass(slots=True)
class _Count:
    """Of one account, mode and day. It has an id of its own: once forgotten, a later one does not take its place."""

    id: str
    daily: DailyUsage
    written: int = 0

    def is_due(self, today: date) -> bool:
        unwritten = self.daily.usage.size - self.written
        is_much = unwritten >= MOST_UNWRITTEN or unwritten * _SHARE >= self.written
        # Nothing will be added to a day that is over.
        return unwritten > 0 and (is_much or self.daily.day != today)


@collaborator(kw_only=True)
class UsageTally(Observer):
    """One worker's counts. What it writes are totals of its own, so that writing them again changes nothing."""

    store: UsageStore
    clock: Clock
    ids: Ids
    _counts: dict[tuple[date, str, Mode], _Count] = field(default_factory=dict)

    def accepted(self, event: Event) -> None:
        if event.type not in OPERATIONAL:
            self._today(event.account_id, event.mode).events += 1

    def recorded(self, delivery: Delivery) -> None:
        usage, attempt = self._today(delivery.key.account_id, delivery.key.mode), delivery.attempts[-1]
        usage.attempts += 1
        usage.failed += attempt.error is not None
        usage.delivered += delivery.state is DeliveryState.DELIVERED
        # What a person tries again by hand was discarded, and counted, before.
        usage.discarded += delivery.state is DeliveryState.DISCARDED and not delivery.was_tried_by_hand

    def given_up(self, delivery: Delivery) -> None:
        self._today(delivery.key.account_id, delivery.key.mode).discarded += 1

    def ended(self) -> None:
        """Writes what is due, all together; what AWS would not take is kept for the next time."""
        today = self.clock.now().date()
        due = [count for count in self._counts.values() if count.is_due(today)]
        if due:
            self._write(due)
        self._forget(today)

    def _write(self, due: list[_Count]) -> None:
        try:
            self.store.write({count.id: count.daily for count in due})
        except UnavailableError:
            _LOGGER.warning("usage not written down yet", exc_info=True)
            return
        for count in due:
            count.written = count.daily.usage.size

    def _forget(self, today: date) -> None:
        over = [key for key, count in self._counts.items() if key[0] != today and not count.is_due(today)]
        for key in over:
            del self._counts[key]
        if len(self._counts) > REMEMBERED:
            self._counts.clear()

    def _today(self, account_id: str, mode: Mode) -> Usage:
        today = self.clock.now().date()
        key = (today, account_id, mode)
        if key not in self._counts:
            daily = DailyUsage(day=today, account_id=account_id, mode=mode, usage=Usage())
            self._counts[key] = _Count(self.ids.lower_text(_ID_LENGTH), daily)
        return self._counts[key].daily.usage
