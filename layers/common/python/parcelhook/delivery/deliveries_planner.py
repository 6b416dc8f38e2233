"""What deliveries that are due come to: another attempt, or an end."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.admission import Admission
from parcelhook.delivery.attempts import Work
from parcelhook.delivery.lanes import MOST_SLOW_WORKS, Forwarded
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.dialects.base import Dialects, is_disabled
from parcelhook.errors import ConcurrentChangeError
from parcelhook.messages import DeliveriesMessage
from parcelhook.model.delivery import DATA_ERASED, Delivery, DeliveryKey
from parcelhook.model.event import Event, EventKey
from parcelhook.model.subscription import Subscription
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.newest import NewestDelivered
from parcelhook.storage.sheets import AT_ONCE_VERSION


@collaborator(kw_only=True)
class DeliveriesPlanner:
    """Finds out which deliveries are still to be tried, and settles the others."""

    matching: Matching
    ledger: Ledger
    recorder: Recorder
    recoverer: Recoverer
    dialects: Dialects
    clock: Clock
    claim: timedelta
    """How long a worker has for an attempt before another may try."""
    admission: Admission

    def add(self, plan: Plan, received: ReceivedMessage, message: DeliveriesMessage) -> None:
        """Adds the attempts that are due. Raises `UnavailableError`.

        What was added until then is to be sent all the same, since it is claimed.
        """
        found = self.ledger.deliveries(message.deliveries)
        due = [delivery for delivery in found.values() if _is_due(delivery, message)]
        again = self._recovered(message, [delivery for delivery in found.values() if delivery not in due])
        wanted = due + again
        if received.may_have_been_seen(message.due, self.clock.now()):
            self._follow_up(plan, received, wanted, found.values())
        # What was forwarded to the slow lane may have been written a moment ago.
        records = self.ledger.events({delivery.key.event: None for delivery in wanted}, consistent=message.slow)
        already = self._delivered_by_others(wanted, records)
        taken = {work.delivery.key for work in plan.works}
        for delivery in wanted:
            if delivery.key in taken or self._is_put_off(plan, received, message, delivery):
                continue
            if delivery.key in already:
                self._saved(already[delivery.key])
                continue
            record = records.get(delivery.key.event)
            event = record.event if record else None
            self._add_again(plan, received.id, message, delivery, event, stays=delivery in again)

    def _recovered(self, message: DeliveriesMessage, others: list[Delivery]) -> list[Delivery]:
        """Those that are not due, and that a recovery wants sent all the same."""
        return self.recoverer.wanted(message.recovery, message.due, others) if message.recovery else []

    def _follow_up(
        self, plan: Plan, received: ReceivedMessage, wanted: Iterable[Delivery], found: Iterable[Delivery]
    ) -> None:
        """Whoever tried the others may have died after writing the result and before making the schedule."""
        handled = {delivery.key for delivery in wanted}
        others = [delivery for delivery in found if delivery.key not in handled]
        self.recorder.follow_up(others)
        self.admission.forward_again(plan, received.id, others)

    def _is_put_off(
        self, plan: Plan, received: ReceivedMessage, message: DeliveriesMessage, delivery: Delivery
    ) -> bool:
        """Whether the delivery comes again later, because another worker has it or this batch has no time for it."""
        if delivery.is_claimed(self.clock.now()):
            # Whoever claimed it may be dead; this message comes back after the claim has run out.
            plan.failed.add(received.id)
            return True
        if message.slow and len(plan.works) >= MOST_SLOW_WORKS:
            # It goes back as it came.
            back = Forwarded(message_id=received.id, key=delivery.key, due=message.due, paced=message.paced)
            plan.crossing.forwarded.append(back)
            return True
        return False

    def _delivered_by_others(
        self, due: Iterable[Delivery], records: Mapping[EventKey, EventRecord]
    ) -> dict[DeliveryKey, Delivery]:
        """Those that another worker delivered at once, from the same message, and did not find here when it wrote so.

        Their events tell, and are read anyway.
        """
        begun = {delivery.key: delivery for delivery in due if 0 < delivery.version < AT_ONCE_VERSION}
        found = self.ledger.on_sheets(begun, records)
        merged = {key: begun[key].also_delivered(each.attempts[0]) for key, each in found.items()}
        return {key: delivery for key, delivery in merged.items() if delivery is not None}

    def _add_again(
        self,
        plan: Plan,
        message_id: str,
        message: DeliveriesMessage,
        delivery: Delivery,
        event: Event | None,
        *,
        stays: bool,
    ) -> None:
        """Adds the attempt, if it can be made. If not, a delivery of a recovery's `stays` as it was, and others are
        given up."""
        subscription = self.matching.subscription(delivery)
        reason = _obstacle(event, subscription)
        if reason or event is None or subscription is None:
            if stays:
                return
            self._give_up(delivery.discarded(reason or "", self.clock.now()))
            return
        if is_disabled(self.dialects.named(subscription.dialect), subscription):
            self._saved(delivery.held(self.clock.now()))
            return
        if not stays and self._is_superseded(event, subscription):
            self._give_up(delivery.superseded(self.clock.now()))
            return
        work = Work(
            delivery=replace(delivery, url=subscription.url),
            event=event,
            subscription=subscription,
            message_id=message_id,
            paced=message.paced,
        )
        if not self.admission.is_let_through(plan, work, slow=message.slow):
            return
        claimed = self._claimed(work.delivery)
        if claimed:
            plan.works.append(replace(work, delivery=claimed))

    def _is_superseded(self, event: Event, subscription: Subscription) -> bool:
        if not subscription.drop_superseded:
            return False
        return NewestDelivered(self.ledger).is_superseded(event, subscription.id)

    def _saved(self, delivery: Delivery) -> Delivery | None:
        """The delivery as it was written, or None where another worker was first; then there is nothing left to do."""
        try:
            return self.ledger.save(delivery)
        except ConcurrentChangeError:
            return None

    def _give_up(self, delivery: Delivery) -> None:
        """Settles it, and has its account told."""
        if saved := self._saved(delivery):
            self.recorder.given_up(saved)

    def _claimed(self, delivery: Delivery) -> Delivery | None:
        """The delivery, ours alone until the claim ends, or None where another worker was first."""
        return self._saved(replace(delivery, claimed_until=self.clock.now() + self.claim))


def _is_due(delivery: Delivery, message: DeliveriesMessage) -> bool:
    """What the slow lane has is due only if its message gets lost, which is later than a retry may be: a copy of the
    message must not bring that forward."""
    if message.slow and not delivery.is_set_aside:
        return False
    return delivery.waits and delivery.due_at is not None and delivery.due_at <= message.due


def _obstacle(event: Event | None, subscription: Subscription | None) -> str | None:
    """Why a waiting delivery cannot be sent any more."""
    if event is None:
        return "The event's data is gone."
    if event.erased_at:
        return DATA_ERASED
    if subscription is None:
        return "The subscription was deleted."
    if not subscription.enabled:
        return "The subscription was switched off."
    return None
