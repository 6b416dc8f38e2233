"""Who wants an event. What was read is remembered for a few seconds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.values import value

_REMEMBERED = 1_000
_CLOCK_DIFFERENCE = timedelta(seconds=1)


class SubscriptionSource(Protocol):
    """Where subscriptions are found."""

    def matching(
        self, account_id: str, mode: Mode, event_type: EventType, *, consistent: bool = False
    ) -> list[Subscription]:
        """All of the account's subscriptions to this event type, switched off or not."""
        ...


@value
class _Remembered:
    read_at: datetime
    batch: int
    consistent: bool
    subscriptions: list[Subscription]


@dataclass(slots=True)
class Matching:
    """Finds subscriptions, reading no more often than it must.

    For at most `remember` may a deleted or changed subscription still receive. A new one misses nothing but what
    DynamoDB's eventual reads hide, normally for less than a second: a list serves an event only if it was read after
    the event was accepted. What is read while a batch is dispatched is read after
    all events of that batch were accepted, whatever anybody's clock says; for a list of an earlier batch the clocks
    decide, with a margin for the difference between two machines'.
    """

    source: SubscriptionSource
    clock: Clock
    remember: timedelta
    _batch: int = 0
    _lists: dict[tuple[str, Mode, EventType], _Remembered] = field(default_factory=dict)

    def begin_batch(self) -> None:
        """Messages were received: what they are about lies in the past."""
        self._batch += 1

    def subscriptions(
        self, account_id: str, mode: Mode, event_type: EventType, *, since: datetime | None = None
    ) -> list[Subscription]:
        """All subscriptions to this event type, as they were at `since` or later: when an event of this batch was
        accepted. None is now: a batch may take so long that what it read at its beginning is old.
        """
        place = (account_id, mode, event_type)
        remembered = self._lists.get(place)
        if remembered and self._may_serve(remembered, since):
            return remembered.subscriptions
        return self._read(place, consistent=False)

    def subscription(self, delivery: Delivery, *, since: datetime | None = None) -> Subscription | None:
        """The subscription that a delivery is to, as it was at `since` or later; None where it was deleted.

        Whoever asks gives the delivery up if there is none, or one that is switched off. So neither is believed of a
        list that may be older than the subscription, or than its being switched on: they are read consistently.
        """
        key = delivery.key
        place = (key.account_id, key.mode, delivery.event_type)
        found = _one(self.subscriptions(*place, since=since), key.subscription_id)
        if found and found.enabled:
            return found
        remembered = self._lists[place]
        is_certain = remembered.consistent and remembered.batch == self._batch
        return found if is_certain else _one(self._read(place, consistent=True), key.subscription_id)

    def _read(self, place: tuple[str, Mode, EventType], *, consistent: bool) -> list[Subscription]:
        now = self.clock.now()
        found = self.source.matching(*place, consistent=consistent)
        if len(self._lists) >= _REMEMBERED:
            self._lists.clear()
        self._lists[place] = _Remembered(now, self._batch, consistent, found)
        return found

    def _may_serve(self, remembered: _Remembered, since: datetime | None) -> bool:
        if since is not None and remembered.batch == self._batch:
            return True
        if since is not None and remembered.read_at < since + _CLOCK_DIFFERENCE:
            return False
        return remembered.read_at > self.clock.now() - self.remember


def _one(subscriptions: list[Subscription], subscription_id: str) -> Subscription | None:
    return next((each for each in subscriptions if each.id == subscription_id), None)


def without_repetition(subscriptions: list[Subscription]) -> list[Subscription]:
    """Leaves out a catch-all where a subscription to the very event has the same dialect and endpoint."""
    narrow = {(each.dialect, each.url) for each in subscriptions if len(each.event_types) == 1}
    return [each for each in subscriptions if len(each.event_types) == 1 or (each.dialect, each.url) not in narrow]
