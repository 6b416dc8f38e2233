"""Deliveries and their attempts: what became of an event for one subscription."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from parcelhook.ids import is_ulid
from parcelhook.model.account import Mode
from parcelhook.model.event import EventKey, EventType
from parcelhook.values import value

_IN_SLOW_LANE = "Its endpoint is slow, failing, or limited to a number a second, so it waits in the slow lane."
_BY_CIRCUIT = "Its endpoint failed repeatedly; the circuit is open, and deliveries wait for it to answer again."
_SUPERSEDED = "A newer update of the same tracking number was delivered."
DATA_ERASED = "The event's data was erased."
# Whatever the dialect. What is longer, no key of DynamoDB could hold.
_SUBSCRIPTION_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    """Not tried yet, and due to be."""
    RETRYING = "retrying"
    """Tried, failed, and due again."""
    DELIVERED = "delivered"
    DISCARDED = "discarded"
    """Given up, with a reason."""
    HELD = "held"
    """Waiting for its subscription to be active again."""


class Outcome(StrEnum):
    """What an attempt means for its delivery."""

    DELIVERED = "delivered"
    RETRY = "retry"
    GIVE_UP = "give_up"


@value(kw_only=True)
class RetryPolicy:
    """How often and how far apart. ShipEngine: three attempts in all, two hours apart (its webhooks guide)."""

    attempts: int
    """In all, the first included (1 to 10)."""
    interval: timedelta
    """From the end of an attempt to the next."""


@value(kw_only=True)
class Attempt:
    """One POST of a delivery."""

    number: int
    """From 1."""
    at: datetime
    duration_ms: int
    status_code: int | None = None
    """None where no complete response came."""
    error: str | None = None
    """The kind of failure, e.g. `timeout`; None where a response came."""
    message: str | None = None
    response_body: str | None = None
    """Its first KiB, as text."""
    manual_id: str | None = None
    """Which manual retry asked for it; None where the retry policy did."""

    @property
    def is_manual(self) -> bool:
        """Whether a person asked for it. Such an attempt uses up none of the retry policy's."""
        return self.manual_id is not None

    @property
    def ended_at(self) -> datetime:
        return self.at + timedelta(milliseconds=self.duration_ms)

    def renumbered(self, number: int) -> "Attempt":
        """The same attempt as number `number`."""
        return replace(self, number=number)

    def erased(self) -> "Attempt":
        """Without what the endpoint wrote, which may repeat what it was sent."""
        return replace(self, message=None, response_body=None)


@value(kw_only=True)
class DeliveryKey:
    """Identity of a delivery: event × subscription."""

    account_id: str
    mode: Mode
    event_ulid: str
    subscription_id: str

    @property
    def event(self) -> EventKey:
        """The event that is delivered."""
        return EventKey(self.account_id, self.mode, self.event_ulid)

    @property
    def id(self) -> str:
        """What callers know the delivery by. Stable over its attempts, so it is the `webhook-id` too."""
        return f"dlv_{self.event_ulid}_{self.subscription_id}"


@value(kw_only=True)
class Delivery:
    """An event on its way to one subscription."""

    key: DeliveryKey
    event_id: str
    event_type: EventType
    dialect: str
    url: str
    state: DeliveryState
    created_at: datetime
    updated_at: datetime
    attempts: tuple[Attempt, ...] = ()
    recovered_after: int = 0
    """How many attempts there were when it was last recovered: its retry policy starts anew from there."""
    due_at: datetime | None = None
    """When it is to be tried again; only while it waits."""
    reason: str | None = None
    """Why it was discarded, or why it waits without having been tried."""
    deferred_since: datetime | None = None
    """Since when its endpoint's open circuit keeps it from being tried."""
    claimed_until: datetime | None = None
    """Until then one worker is trying it, and no other may."""
    version: int = 0
    """Counts changes; 0 is not stored yet."""

    @property
    def next_attempt_number(self) -> int:
        """The number that the next attempt will have."""
        return len(self.attempts) + 1

    @property
    def attempts_used(self) -> int:
        """How many attempts of its retry policy it has had."""
        return sum(not attempt.is_manual for attempt in self.attempts[self.recovered_after :])

    @property
    def waits(self) -> bool:
        """Whether it is to be tried again."""
        return self.state in {DeliveryState.PENDING, DeliveryState.RETRYING}

    def is_claimed(self, now: datetime) -> bool:
        """Whether one worker is trying it, and no other may."""
        return self.claimed_until is not None and self.claimed_until > now

    def delivered(self, attempt: Attempt) -> "Delivery":
        """After an attempt that succeeded."""
        return self._settled(DeliveryState.DELIVERED, attempt.ended_at, attempts=(*self.attempts, attempt))

    def also_delivered(self, attempt: Attempt) -> "Delivery | None":
        """After a first attempt of another worker's that succeeded; None where it is known already."""
        if any(each.at == attempt.at for each in self.attempts):
            return None
        attempts = tuple(sorted((*self.attempts, attempt), key=lambda each: each.at))
        numbered = tuple(each.renumbered(number) for number, each in enumerate(attempts, 1))
        return self._settled(DeliveryState.DELIVERED, max(each.ended_at for each in attempts), attempts=numbered)

    def retrying(self, attempt: Attempt, due_at: datetime) -> "Delivery":
        """After an attempt that failed and is followed by another."""
        attempts = (*self.attempts, attempt)
        return self._settled(DeliveryState.RETRYING, attempt.ended_at, attempts=attempts, due_at=due_at)

    def given_up(self, attempt: Attempt, reason: str) -> "Delivery":
        """After an attempt that failed and is not followed by another."""
        attempts = (*self.attempts, attempt)
        return self._settled(DeliveryState.DISCARDED, attempt.ended_at, attempts=attempts, reason=reason)

    def tried_by_hand(self, attempt: Attempt) -> "Delivery":
        """After a manual attempt that failed: it stands where it stood, and what is due stays due."""
        attempts = (*self.attempts, attempt)
        return replace(self, attempts=attempts, updated_at=attempt.ended_at, claimed_until=None)

    def discarded(self, reason: str, now: datetime) -> "Delivery":
        """Given up without an attempt."""
        return self._settled(DeliveryState.DISCARDED, now, attempts=self.attempts, reason=reason)

    def superseded(self, now: datetime) -> "Delivery":
        """Given up because a newer update of the same tracking number was delivered."""
        return self.discarded(_SUPERSEDED, now)

    @property
    def is_superseded(self) -> bool:
        """Whether it was given up for a newer update."""
        return self.state is DeliveryState.DISCARDED and self.reason == _SUPERSEDED

    def erased(self, now: datetime) -> "Delivery":
        """After its event's data was erased: given up if it was to be sent, and without what endpoints wrote."""
        attempts = tuple(attempt.erased() for attempt in self.attempts)
        if self.waits or self.state is DeliveryState.HELD:
            return self._settled(DeliveryState.DISCARDED, now, attempts=attempts, reason=DATA_ERASED)
        # It became what it is when it did: only what it tells is less.
        return self if attempts == self.attempts else replace(self, attempts=attempts)

    @property
    def was_tried_by_hand(self) -> bool:
        """Whether a person asked for its latest attempt: if it was given up, then before that."""
        return bool(self.attempts) and self.attempts[-1].is_manual

    @property
    def is_erased(self) -> bool:
        """Whether it was given up because its event's data was erased."""
        return self.state is DeliveryState.DISCARDED and self.reason == DATA_ERASED

    def deferred(self, due_at: datetime, now: datetime) -> "Delivery":
        """Due later, without an attempt being used up."""
        state = DeliveryState.RETRYING if self.attempts else DeliveryState.PENDING
        due = self._settled(state, now, attempts=self.attempts, due_at=due_at)
        return replace(due, deferred_since=self.deferred_since)

    def deferred_by_circuit(self, due_at: datetime, now: datetime) -> "Delivery":
        """Due later, because its endpoint's circuit is open."""
        return replace(self.deferred(due_at, now), deferred_since=self.deferred_since or now, reason=_BY_CIRCUIT)

    def set_aside(self, due_at: datetime, now: datetime) -> "Delivery":
        """In the slow lane; due only if its message there should get lost."""
        return replace(self.deferred(due_at, now), reason=_IN_SLOW_LANE)

    @property
    def is_set_aside(self) -> bool:
        """Whether it is in the slow lane."""
        return self.waits and self.reason == _IN_SLOW_LANE

    def held(self, now: datetime) -> "Delivery":
        """Kept until its subscription is active again."""
        return self._settled(DeliveryState.HELD, now, attempts=self.attempts)

    def recovered(self, due_at: datetime, now: datetime) -> "Delivery":
        """Due again with all attempts of its retry policy, whatever became of it before."""
        due = self._settled(DeliveryState.PENDING, now, attempts=self.attempts, due_at=due_at)
        return replace(due, recovered_after=len(self.attempts))

    def _settled(
        self,
        state: DeliveryState,
        now: datetime,
        *,
        attempts: tuple[Attempt, ...],
        due_at: datetime | None = None,
        reason: str | None = None,
    ) -> "Delivery":
        return replace(
            self,
            state=state,
            updated_at=now,
            attempts=attempts,
            due_at=due_at,
            reason=reason,
            deferred_since=None,
            claimed_until=None,
        )


def parse_delivery_id(text: str, account_id: str, mode: Mode) -> DeliveryKey | None:
    """The key that a delivery id of this account and mode stands for, or None where it is no such id."""
    prefix, _, rest = text.partition("_")
    event_ulid, _, subscription_id = rest.partition("_")
    if prefix != "dlv" or not is_ulid(event_ulid) or not _SUBSCRIPTION_ID.fullmatch(subscription_id):
        return None
    return DeliveryKey(account_id=account_id, mode=mode, event_ulid=event_ulid, subscription_id=subscription_id)
