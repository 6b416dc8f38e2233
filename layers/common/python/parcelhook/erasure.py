"""Erases the personal data of events: from the ledger, and from what waits to be sent. A tombstone stays.

How far that reaches, and when it is done: docs/decisions/024-erasure.md.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.dialects.shippo_labels import bought_label
from parcelhook.errors import ConcurrentChangeError
from parcelhook.ids import moment_of
from parcelhook.messages import EraseMessage
from parcelhook.model.delivery import DeliveryKey
from parcelhook.model.event import Event, EventKey, EventType
from parcelhook.queues import Queue
from parcelhook.resources import DISPATCH
from parcelhook.storage.erasures import Erasures
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.lists import delivery_keys
from parcelhook.storage.trackings import Parcel, Trackings, parcel_named, parcel_of

SEEN_AT_ONCE = timedelta(minutes=5)
"""A message with an event that is older was perhaps received before, so that whoever receives it reads the ledger."""

# A worker writes nothing later than its function's timeout. Beside it, for clocks that differ.
_IN_HAND = timedelta(seconds=DISPATCH.timeout + 30)
# Others may change the same delivery at the same moment.
_TRIES = 5


@collaborator(kw_only=True)
class Eraser:
    """Erases. All of it may be done again, and by several at once. Its calls raise `UnavailableError`."""

    ledger: Ledger
    erasures: Erasures
    trackings: Trackings
    clock: Clock

    def erase(self, message: EraseMessage) -> None:
        """Marks the event, then erases what is there of it.

        Raises `ConcurrentChangeError` where a worker has a delivery in hand; the message is then to come again.
        """
        key = message.event
        erased_at = self.erasures.mark(key, message.asked_at)
        if message.parcel:
            carrier, number = message.parcel
            parcel = Parcel(account_id=key.account_id, mode=key.mode, carrier=carrier, number=number)
            self.trackings.erase_update(parcel, key.ulid)
        record = self.ledger.events([key], consistent=True).get(key)
        if record:
            self._erase(record, erased_at)

    def meet(self, events: Iterable[Event]) -> set[EventKey]:
        """Answers which of `events`, out of a message with their data, were erased, having erased them once more.

        Raises `ConcurrentChangeError` as `erase` does.
        """
        by_key = {event.key: event for event in events}
        marked = self.erasures.of(by_key)
        for key, erased_at in marked.items():
            self._forget_parcel(by_key[key])
            record = self.ledger.events([key], consistent=True).get(key)
            if record is None:
                tombstone = by_key[key].erased(erased_at)
                self.ledger.record([EventRecord(event=tombstone, subscription_ids=())], [])
            else:
                self._erase(record, erased_at)
        return set(marked)

    def _erase(self, record: EventRecord, erased_at: datetime) -> None:
        """The parcel first, for only the event's data tells which it is."""
        if record.event.erased_at is None:
            self._forget_parcel(record.event)
            self.ledger.erase(record.event.key, erased_at)
        self.ledger.erase_answers(record)
        in_hand = [key.id for key in delivery_keys(record) if self._erase_delivery(key)]
        if in_hand:
            raise ConcurrentChangeError(f"Being tried at this moment: {', '.join(in_hand)}.")

    def _forget_parcel(self, event: Event) -> None:
        match event.type:
            case EventType.TRACKING_UPDATED:
                self.trackings.erase_update(parcel_of(event), event.ulid)
            case EventType.TRANSACTION_CREATED:
                if label := bought_label(event):
                    parcel = parcel_named(event, label.carrier, label.number)
                    self.trackings.erase_registered(parcel, label.transaction_id)

    def _erase_delivery(self, key: DeliveryKey) -> bool:
        """Answers whether a worker has it in hand, and may write more."""
        for _ in range(_TRIES):
            delivery = self.ledger.deliveries([key]).get(key)
            if delivery is None:
                return False
            now = self.clock.now()
            erased = delivery.erased(now)
            with suppress(ConcurrentChangeError):
                if erased is not delivery:
                    self.ledger.save(erased)
                return delivery.is_claimed(now)
        return True


@collaborator(kw_only=True)
class ErasureRequests:
    """Takes the wish to erase an event's data."""

    eraser: Eraser
    queue: Queue
    """The one that retries pass through."""
    clock: Clock

    def ask(self, key: EventKey, record: EventRecord | None) -> None:
        """Erases at once, and once more when nobody can have the data in hand any more. Raises `UnavailableError`.

        `record` is None for an event that is not dispatched yet. The second time is queued first: whatever dies then,
        the data is erased.
        """
        now = self.clock.now()
        message = EraseMessage(
            account_id=key.account_id, mode=key.mode, event=key, asked_at=now, parcel=_parcel(record)
        )
        self.queue.send(message, delay_seconds=_seconds_in_hand(key, now))
        with suppress(ConcurrentChangeError):
            self.eraser.erase(message)


def _seconds_in_hand(key: EventKey, now: datetime) -> int:
    """For how long a worker may still write what it knew before: 90 seconds, and up to five minutes more."""
    unread = min(max(moment_of(key.ulid) + SEEN_AT_ONCE - now, timedelta(0)), SEEN_AT_ONCE)
    return int((unread + _IN_HAND).total_seconds())


def _parcel(record: EventRecord | None) -> tuple[str, str] | None:
    if record is None or record.event.type is not EventType.TRACKING_UPDATED or record.event.erased_at:
        return None
    parcel = parcel_of(record.event)
    return parcel.carrier, parcel.number
