"""Counts what accounts use, and writes it down: at once where it is little, now and then where it is much."""

import logging
from dataclasses import dataclass, field
from typing import Protocol

from parcelhook.delivery.observers import Observer
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import OPERATIONAL, Event
from parcelhook.model.usage import Usage

_LOGGER = logging.getLogger(__name__)

# What a worker may lose when it ends: so small a part of what it counted of an account, and at most so many events and
# attempts together. Whoever has little is written down with each batch; whoever has much pays one write for these.
_SHARE = 10
MOST_UNWRITTEN = 250
# A bound on memory: whoever is forgotten begins to be written at once again.
_REMEMBERED = 10_000


class UsageStore(Protocol):
    """Where sums are kept."""

    def add(self, account_id: str, mode: Mode, usage: Usage) -> None:
        """Adds to today's. Raises `UnavailableError`."""
        ...


@dataclass(slots=True)
class _Count:
    pending: Usage = field(default_factory=Usage)
    written: int = 0

    @property
    def is_due(self) -> bool:
        size = self.pending.size + self.pending.discarded
        return size >= MOST_UNWRITTEN or (size > 0 and size * _SHARE >= self.written)


@dataclass(frozen=True, slots=True)
class UsageTally(Observer):
    """One worker's count."""

    store: UsageStore
    _counts: dict[tuple[str, Mode], _Count] = field(default_factory=dict)

    def accepted(self, event: Event) -> None:
        if event.type not in OPERATIONAL:
            self._pending(event.account_id, event.mode).events += 1

    def recorded(self, delivery: Delivery) -> None:
        pending, attempt = self._pending(delivery.key.account_id, delivery.key.mode), delivery.attempts[-1]
        pending.attempts += 1
        pending.failed += attempt.error is not None
        pending.delivered += delivery.state is DeliveryState.DELIVERED
        # What a person tries again by hand was discarded, and counted, before.
        pending.discarded += delivery.state is DeliveryState.DISCARDED and not delivery.was_tried_by_hand

    def given_up(self, delivery: Delivery) -> None:
        self._pending(delivery.key.account_id, delivery.key.mode).discarded += 1

    def ended(self) -> None:
        """Writes what is due; what AWS would not take is kept for the next time."""
        for (account_id, mode), count in self._counts.items():
            if not count.is_due:
                continue
            try:
                self.store.add(account_id, mode, count.pending)
            except UnavailableError:
                _LOGGER.warning("usage not written down yet", exc_info=True)
                continue
            count.written += count.pending.size
            count.pending = Usage()

    def _pending(self, account_id: str, mode: Mode) -> Usage:
        if (account_id, mode) not in self._counts and len(self._counts) >= _REMEMBERED:
            self._counts.clear()
        return self._counts.setdefault((account_id, mode), _Count()).pending
