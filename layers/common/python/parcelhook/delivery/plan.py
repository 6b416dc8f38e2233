"""From queue messages to the attempts that they ask for."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from parcelhook.clock import Clock
from parcelhook.delivery.attempts import Work
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.record import RecordedFor, Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.dialects.base import Dialects, is_disabled
from parcelhook.errors import ConcurrentChangeError
from parcelhook.messages import DeliveriesMessage, EventsMessage, Message, RecoverMessage
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventKey
from parcelhook.model.subscription import Subscription
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord

# A message that is older was perhaps dispatched, dead-lettered and sent again; reading the ledger tells.
_SEEN_AT_ONCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """A message with what the queue says of it."""

    id: str
    message: Message
    receive_count: int = 1


@dataclass(slots=True)
class Plan:
    """What a batch of messages comes to."""

    works: list[Work] = field(default_factory=list)
    records: list[RecordedFor] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    """Messages that are to be received again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Finds out what is to be sent, and settles what is not."""

    matching: Matching
    ledger: Ledger
    recorder: Recorder
    recoverer: Recoverer
    dialects: Dialects
    clock: Clock
    claim: timedelta
    """How long a worker has for an attempt before another may try."""

    def begin(self) -> Plan:
        """A plan for messages that were just received."""
        self.matching.begin_batch()
        return Plan()

    def add(self, plan: Plan, received: ReceivedMessage) -> None:
        """Adds to `plan` what one message asks for.

        Raises `UnavailableError`; what was added until then is to be sent all the same, since it may be claimed.
        """
        match received.message:
            case EventsMessage() as message:
                self._add_events(plan, received, message)
            case DeliveriesMessage() as message:
                self._add_deliveries(plan, received, message)
            case RecoverMessage() as message:
                if not self.recoverer.recover(message):
                    plan.failed.add(received.id)

    def _add_events(self, plan: Plan, received: ReceivedMessage, message: EventsMessage) -> None:
        wanted = {event.key: (event, self._subscribers(event)) for event in message.events}
        recorded: dict[EventKey, EventRecord] = {}
        known: dict[DeliveryKey, Delivery] = {}
        if received.receive_count > 1 or message.republished or self._is_old(message):
            recorded = self.ledger.events(wanted)
            known = self.ledger.deliveries(key_of(event, each) for event, found in wanted.values() for each in found)
            self.recorder.reschedule(known.values())
        for event, subscriptions in wanted.values():
            before = recorded[event.key].subscription_ids if event.key in recorded else ()
            ids = tuple(dict.fromkeys([*before, *(each.id for each in subscriptions)]))
            plan.records.append(RecordedFor(received.id, EventRecord(event=event, subscription_ids=ids)))
            for subscription in subscriptions:
                if key_of(event, subscription) not in known:
                    self._add_first(plan, received.id, event, subscription)

    def _is_old(self, message: EventsMessage) -> bool:
        """Whether it may have been received before although its count begins anew: by way of a dead-letter queue."""
        return any(event.accepted_at + _SEEN_AT_ONCE < self.clock.now() for event in message.events)

    def _subscribers(self, event: Event) -> list[Subscription]:
        found = self.matching.subscriptions(event.account_id, event.mode, event.type, since=event.accepted_at)
        return without_repetition([subscription for subscription in found if subscription.enabled])

    def _add_first(self, plan: Plan, message_id: str, event: Event, subscription: Subscription) -> None:
        work = self._first(message_id, event, subscription)
        if self._is_disabled(subscription):
            self._settle(work.delivery.held(self.clock.now()))
        else:
            plan.works.append(work)

    def _first(self, message_id: str, event: Event, subscription: Subscription) -> Work:
        now = self.clock.now()
        delivery = Delivery(
            key=key_of(event, subscription),
            event_id=event.id,
            event_type=event.type,
            dialect=subscription.dialect,
            url=subscription.url,
            state=DeliveryState.PENDING,
            created_at=now,
            updated_at=now,
        )
        return Work(delivery=delivery, event=event, subscription=subscription, message_id=message_id)

    def _add_deliveries(self, plan: Plan, received: ReceivedMessage, message: DeliveriesMessage) -> None:
        found = self.ledger.deliveries(message.deliveries)
        due = [delivery for delivery in found.values() if _is_due(delivery, message.due)]
        if received.receive_count > 1:
            # Whoever tried these may have died after writing the result and before making the schedule.
            self.recorder.reschedule(delivery for delivery in found.values() if delivery not in due)
        records = self.ledger.events({delivery.key.event: None for delivery in due})
        taken = {work.delivery.key for work in plan.works}
        for delivery in due:
            if delivery.key in taken:
                continue
            if delivery.is_claimed(self.clock.now()):
                # Whoever claimed it may be dead; this message comes back after the claim has run out.
                plan.failed.add(received.id)
                continue
            record = records.get(delivery.key.event)
            work = self._again(received.id, delivery, record.event if record else None)
            if work:
                plan.works.append(work)

    def _again(self, message_id: str, delivery: Delivery, event: Event | None) -> Work | None:
        subscription = self._subscription(delivery)
        reason = _obstacle(event, subscription)
        if reason or event is None or subscription is None:
            self._settle(delivery.discarded(reason or "", self.clock.now()))
            return None
        if self._is_disabled(subscription):
            self._settle(delivery.held(self.clock.now()))
            return None
        claimed = self._claimed(replace(delivery, url=subscription.url))
        if claimed is None:
            return None
        return Work(delivery=claimed, event=event, subscription=subscription, message_id=message_id)

    def _subscription(self, delivery: Delivery) -> Subscription | None:
        key = delivery.key
        found = self.matching.subscriptions(key.account_id, key.mode, delivery.event_type)
        return next((each for each in found if each.id == key.subscription_id), None)

    def _is_disabled(self, subscription: Subscription) -> bool:
        return is_disabled(self.dialects.named(subscription.dialect), subscription)

    def _settle(self, delivery: Delivery) -> None:
        try:
            self.ledger.save(delivery)
        except ConcurrentChangeError:
            # Somebody settled it first; a message about what is settled has nothing left to do.
            return

    def _claimed(self, delivery: Delivery) -> Delivery | None:
        """The delivery, ours alone until the claim ends, or None where another worker was first."""
        try:
            return self.ledger.save(replace(delivery, claimed_until=self.clock.now() + self.claim))
        except ConcurrentChangeError:
            return None


def key_of(event: Event, subscription: Subscription) -> DeliveryKey:
    """Identity of the delivery of `event` to `subscription`."""
    return DeliveryKey(
        account_id=event.account_id, mode=event.mode, event_ulid=event.ulid, subscription_id=subscription.id
    )


def without_repetition(subscriptions: list[Subscription]) -> list[Subscription]:
    """Leaves out a catch-all where a subscription to the very event has the same dialect and endpoint."""
    narrow = {(each.dialect, each.url) for each in subscriptions if len(each.event_types) == 1}
    return [each for each in subscriptions if len(each.event_types) == 1 or (each.dialect, each.url) not in narrow]


def _is_due(delivery: Delivery, bucket: datetime) -> bool:
    return delivery.waits and delivery.due_at is not None and delivery.due_at <= bucket


def _obstacle(event: Event | None, subscription: Subscription | None) -> str | None:
    """Why a waiting delivery cannot be sent any more."""
    if event is None:
        return "The event's data is gone."
    if subscription is None:
        return "The subscription was deleted."
    if not subscription.enabled:
        return "The subscription was switched off."
    return None
