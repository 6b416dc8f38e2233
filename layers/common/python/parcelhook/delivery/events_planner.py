"""What newly published events come to: a first attempt for each subscription that wants them."""

from collections.abc import Mapping, Sequence

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.admission import Admission
from parcelhook.delivery.attempts import Work
from parcelhook.delivery.kept import Kept
from parcelhook.delivery.matching import Matching, without_repetition
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.record import RecordedFor, Recorder
from parcelhook.dialects.base import Dialects, is_disabled
from parcelhook.erasure import Eraser
from parcelhook.messages import EventsMessage
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventKey
from parcelhook.model.milestones import is_chosen
from parcelhook.model.subscription import Subscription
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.lists import delivery_keys


@collaborator(kw_only=True)
class EventsPlanner:
    """Finds out who wants events, and what of that was done before."""

    matching: Matching
    ledger: Ledger
    recorder: Recorder
    eraser: Eraser
    dialects: Dialects
    clock: Clock
    admission: Admission

    def add(self, plan: Plan, received: ReceivedMessage, message: EventsMessage) -> None:
        """Adds the events to be written and the first attempts. Raises `UnavailableError`."""
        wanted = {event.key: (event, self._subscribers(event)) for event in message.events}
        now = self.clock.now()
        oldest = min((event.accepted_at for event in message.events), default=now)
        may_be_known = message.republished or received.may_have_been_seen(oldest, now)
        recorded: dict[EventKey, EventRecord] = {}
        known: dict[DeliveryKey, Delivery] = {}
        if may_be_known:
            erased = self.eraser.meet(message.events)
            recorded, known = self._recorded(wanted)
            self.recorder.follow_up(known.values())
            self.admission.forward_again(plan, received.id, known.values())
            wanted = {key: each for key, each in wanted.items() if key not in erased}
        for event, subscriptions in wanted.values():
            before = recorded.get(event.key, EventRecord(event=event, subscription_ids=()))
            ids = tuple(dict.fromkeys([*before.subscription_ids, *(each.id for each in subscriptions)]))
            record = EventRecord(event=event, subscription_ids=ids, sheets=before.sheets)
            plan.records.append(RecordedFor(received.id, record, is_new=event.key not in recorded))
            for subscription in subscriptions:
                if key_of(event, subscription) not in known:
                    self._add_first(plan, received.id, event, subscription)

    def _recorded(
        self, wanted: Mapping[EventKey, tuple[Event, Sequence[Subscription]]]
    ) -> tuple[dict[EventKey, EventRecord], dict[DeliveryKey, Delivery]]:
        """What the ledger has of events and of their deliveries, also to those who do not want them any more."""
        recorded = self.ledger.events(wanted, consistent=True)
        keys = {key_of(event, each): None for event, found in wanted.values() for each in found}
        before = {key: None for record in recorded.values() for key in delivery_keys(record)}
        known = self.ledger.deliveries(keys | before, recorded)
        # Whoever has the same message may have written these since: what is written next must name their sheets.
        if late := {key.event for key in known} - set(recorded):
            recorded |= self.ledger.events(late, consistent=True)
        return recorded, known

    def _subscribers(self, event: Event) -> list[Subscription]:
        found = self.matching.subscriptions(event.account_id, event.mode, event.type, since=event.accepted_at)
        heard = without_repetition([subscription for subscription in found if subscription.enabled])
        return [subscription for subscription in heard if is_chosen(event, subscription.milestones)]

    def _add_first(self, plan: Plan, message_id: str, event: Event, subscription: Subscription) -> None:
        work = self._first(message_id, event, subscription)
        if is_disabled(self.dialects.named(subscription.dialect), subscription):
            plan.kept.append(Kept(message_id, work.delivery.held(self.clock.now())))
        elif self.admission.is_let_through(plan, work, slow=False):
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


def key_of(event: Event, subscription: Subscription) -> DeliveryKey:
    """Identity of the delivery of `event` to `subscription`."""
    return DeliveryKey(
        account_id=event.account_id, mode=event.mode, event_ulid=event.ulid, subscription_id=subscription.id
    )
