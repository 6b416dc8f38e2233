"""Counts what is recorded, subscription by subscription, and writes the sums down now and then."""

import logging
from dataclasses import field
from typing import Protocol

from parcelhook.collaborators import collaborator
from parcelhook.delivery.observers import Observer
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.stats import Counts

_LOGGER = logging.getLogger(__name__)

# One write for so many attempts: a share of what recording them costs that nobody notices.
GROUP = 100
# A bound on memory: whoever sends to more subscriptions at once than this sends little to each.
_REMEMBERED = 10_000


class StatsStore(Protocol):
    """Where sums are kept."""

    def add(self, account_id: str, mode: Mode, subscription_id: str, counts: Counts) -> None:
        """Adds to the sums of the present hour. Raises `UnavailableError`."""
        ...


@collaborator
class Tally(Observer):
    """One worker's count. What it has not written down when the worker ends is lost; the ledger has it all."""

    store: StatsStore
    _pending: dict[tuple[str, Mode, str], Counts] = field(default_factory=dict)

    def recorded(self, delivery: Delivery) -> None:
        """Counts the attempt that was recorded last, and what became of its delivery. Never fails."""
        key = (delivery.key.account_id, delivery.key.mode, delivery.key.subscription_id)
        if key not in self._pending and len(self._pending) >= _REMEMBERED:
            self._pending.clear()
        counts = self._pending.setdefault(key, Counts())
        counts.add_attempt(delivery.attempts[-1])
        counts.add_state(delivery.state)
        if counts.attempts < GROUP:
            return
        del self._pending[key]
        try:
            self.store.add(*key, counts)
        except UnavailableError:
            _LOGGER.warning("%s attempts not counted in the hourly sums", counts.attempts, exc_info=True)
