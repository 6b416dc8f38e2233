"""Recoveries: many deliveries of one subscription again, page by page."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from parcelhook.ids import is_ulid
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.values import value

PER_SECOND = 10
"""Deliveries that a recovery queues in a second: an endpoint that has just come back is not to be knocked over, and
the queue that all tenants' retries pass through takes several times as many."""


class RecoveryState(StrEnum):
    """How far a recovery has come."""

    RUNNING = "running"
    DONE = "done"
    """All that it found is queued."""
    CANCELLED = "cancelled"


@value
class RecoveryKey:
    """Identity of a recovery."""

    account_id: str
    mode: Mode
    ulid: str

    @property
    def id(self) -> str:
        """What callers know it by."""
        return f"rec_{self.ulid}"


@value
class Cursor:
    """Where a recovery stands: in which of its states, and behind which sort key."""

    state_number: int = 0
    after: str = ""


@value(kw_only=True)
class Recovery:
    """Deliveries of a subscription that are to be sent again, and how far that has come."""

    key: RecoveryKey
    subscription_id: str
    since: datetime
    """Those of events that were accepted from here on,"""
    until: datetime | None
    """and not after this; None is without end."""
    states: tuple[DeliveryState, ...]
    created_at: datetime
    """Also when it was asked for: what was changed later is left alone, so that doing it twice is doing it once."""
    updated_at: datetime
    state: RecoveryState = RecoveryState.RUNNING
    found: int = 0
    """How many there are, as far as is known."""
    queued: int = 0
    cursor: Cursor = Cursor()
    due_at: datetime | None = None
    """When its next page is due; only while it runs."""
    all_held: bool = False
    """Whether what is held is sent again whatever `since` and `until` say."""
    again_after: datetime | None = None
    """Another wish joined it: when it is through, but not before this, it looks for all of it once more."""
    version: int = 0
    """Counts changes; 0 is not stored yet."""

    def wants(self, delivery: Delivery) -> bool:
        """Whether a delivery is to be sent again for this recovery, as far as it is in the state now.

        One that is held is wanted even if it came to be held after the recovery was asked for: a worker may have held
        it on old knowledge of its subscription.
        """
        if self.state is RecoveryState.CANCELLED or delivery.state not in self.states:
            return False
        return delivery.state is DeliveryState.HELD or delivery.updated_at <= self.created_at

    def advanced(self, queued: int, cursor: Cursor | None, due_at: datetime, now: datetime) -> "Recovery":
        """After a page of so many. Without a cursor it was the last, else the next one is due at `due_at`."""
        total = self.queued + queued
        after = replace(self, queued=total, found=max(self.found, total), updated_at=now)
        if cursor is not None:
            return replace(after, cursor=cursor, due_at=due_at)
        if self.again_after is not None:
            return replace(after, cursor=Cursor(), again_after=None, due_at=due_at)
        return replace(after, state=RecoveryState.DONE, found=total, due_at=None)

    @property
    def is_resumption(self) -> bool:
        """Whether it is about what is held, and nothing else."""
        return self.all_held and self.states == (DeliveryState.HELD,)

    def resuming(self, again_after: datetime, now: datetime) -> "Recovery":
        """Joined by the wish to send all that is held. Its cursor stays good: states are only added behind it."""
        states = tuple(dict.fromkeys([*self.states, DeliveryState.HELD]))
        return replace(self, states=states, all_held=True, again_after=again_after, updated_at=now)

    def rewinding(self, since: datetime, again_after: datetime, now: datetime) -> "Recovery":
        """A resumption, joined by the wish to send again what was settled since then, asked for at this moment."""
        states = (DeliveryState.HELD, DeliveryState.DELIVERED, DeliveryState.DISCARDED)
        return replace(self, states=states, since=since, again_after=again_after, created_at=now, updated_at=now)

    def cancelled(self, now: datetime) -> "Recovery":
        """Ended before its end."""
        return replace(self, state=RecoveryState.CANCELLED, due_at=None, updated_at=now)


def parse_recovery_id(text: str, account_id: str, mode: Mode) -> RecoveryKey | None:
    """The key that a recovery id of this account and mode stands for, or None where it is no such id."""
    prefix, _, ulid = text.partition("_")
    return RecoveryKey(account_id, mode, ulid) if prefix == "rec" and is_ulid(ulid) else None
