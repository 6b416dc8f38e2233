"""Who wants an event. What was read is remembered for a few seconds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription

_REMEMBERED = 1_000


class SubscriptionSource(Protocol):
    """Where subscriptions are found."""

    def matching(self, account_id: str, mode: Mode, event_type: EventType) -> list[Subscription]:
        """All of the account's subscriptions to this event type, switched off or not."""
        ...


@dataclass(frozen=True, slots=True)
class _Remembered:
    read_at: datetime
    subscriptions: list[Subscription]


@dataclass(slots=True)
class Matching:
    """Finds subscriptions, reading no more often than it must.

    For at most `remember` may a deleted or changed subscription still receive. A new one misses nothing: a list serves
    an event only if it was read after the event was accepted.
    """

    source: SubscriptionSource
    clock: Clock
    remember: timedelta
    _lists: dict[tuple[str, Mode, EventType], _Remembered] = field(default_factory=dict)

    def subscriptions(
        self, account_id: str, mode: Mode, event_type: EventType, *, since: datetime | None = None
    ) -> list[Subscription]:
        """All subscriptions to this event type, as they were at `since` or later."""
        place = (account_id, mode, event_type)
        now = self.clock.now()
        remembered = self._lists.get(place)
        if remembered and remembered.read_at >= max(since or now - self.remember, now - self.remember):
            return remembered.subscriptions
        found = self.source.matching(account_id, mode, event_type)
        if len(self._lists) >= _REMEMBERED:
            self._lists.clear()
        self._lists[place] = _Remembered(now, found)
        return found
