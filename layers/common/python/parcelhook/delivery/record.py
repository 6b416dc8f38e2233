"""What became of attempts, written down: first the ledger, then the schedule of what is due again.

In that order: whatever dies in between, the safety net finds what is due and has no schedule.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from parcelhook.collaborators import collaborator
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.endpoint_notes import EndpointNotes
from parcelhook.delivery.operational import OperationalEvents
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects.base import Dialects, retry_policy
from parcelhook.errors import ConcurrentChangeError, NotFoundError, UnavailableError
from parcelhook.model.delivery import Delivery, DeliveryState, Outcome
from parcelhook.model.event import Event
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.newest import NewestDelivered
from parcelhook.values import value

_LOGGER = logging.getLogger(__name__)

# As many workers may have tried one delivery at once, through duplicated messages, before we give up writing.
_MERGES = 5


@value(kw_only=True)
class Done:
    """Work with its result; None where there was no time left to try."""

    work: Work
    result: AttemptResult | None


@value
class RecordedFor:
    """An event to be written, and the queue message that brought it."""

    message_id: str
    record: EventRecord
    is_new: bool = True
    """Whether it was not in the ledger before, as far as is known."""


@value
class Recorded:
    """What came of recording."""

    failed: frozenset[str]
    """Messages that must be received again, because AWS would not take what came of them."""
    left: tuple[RecordedFor, ...] = ()
    """Events that are still to be written: they name the sheets that were perhaps written already."""


class HealthNotes(Protocol):
    """Keeps count of a subscription's failures. Both raise `UnavailableError`."""

    def note_failure(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> bool:
        """Counts one more, up to `limit`; whether this one made it `limit`."""
        ...

    def note_success(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        """Begins anew."""
        ...


class RecordObserver(Protocol):
    """Is told of what is recorded. Raises nothing."""

    def accepted(self, event: Event) -> None:
        """An event that was not known before was recorded."""
        ...

    def recorded(self, delivery: Delivery) -> None:
        """A delivery was recorded as it is after an attempt."""
        ...

    def given_up(self, delivery: Delivery) -> None:
        """A delivery was discarded without an attempt."""
        ...


@collaborator(kw_only=True)
class Recorder:
    """Writes results into the ledger."""

    waiting: Waiting
    dialects: Dialects
    health: HealthNotes
    endpoints: EndpointNotes
    operational: OperationalEvents
    observer: RecordObserver

    def record(self, events: Sequence[RecordedFor], done: Sequence[Done]) -> Recorded:
        """Writes events and results."""
        delivered = [self._settled(each.work.delivery, each) for each in done if _succeeded_at_once(each)]
        entry = self.waiting.ledger.entry([each.record for each in events], delivered)
        failed: set[str] = set()
        try:
            self.waiting.ledger.write(entry)
        except UnavailableError:
            _LOGGER.warning("results not recorded: their messages come again", exc_info=True)
            again = {each.message_id for each in events} | {each.work.message_id for each in done}
            left = (replace(each, record=entry.records[each.record.event.key]) for each in events)
            return Recorded(frozenset(again), tuple(left))
        for new in events:
            if new.is_new:
                self.observer.accepted(new.record.event)
        for delivery in delivered:
            self.observer.recorded(delivery)
        for each in done:
            if not _succeeded_at_once(each) and not self._save(each):
                failed.add(each.work.message_id)
        self._note_health(done)
        self._note_newest(done)
        self.endpoints.note([(each.work, each.result) for each in done if each.result])
        return Recorded(frozenset(failed))

    def _note_newest(self, done: Sequence[Done]) -> None:
        """Remembers what older updates are to be dropped for; only for subscriptions that ask for it."""
        for each in done:
            subscription = each.work.subscription
            if not subscription.drop_superseded or each.result is None:
                continue
            if each.result.outcome is Outcome.DELIVERED:
                try:
                    NewestDelivered(self.waiting.ledger).note(each.work.event, subscription.id)
                except UnavailableError:
                    # An older update is then sent all the same, as without the wish to drop it.
                    _LOGGER.warning("newest delivered update not remembered", exc_info=True)

    def _note_health(self, done: Sequence[Done]) -> None:
        """Counts failures where the dialect disables on them, in the order that the attempts ended in."""
        tried = [(each.work, each.result) for each in done if each.result]
        for work, result in sorted(tried, key=lambda pair: pair[1].attempt.ended_at):
            dialect = self.dialects.named(work.subscription.dialect)
            if dialect.disable_after is None:
                continue
            try:
                self._note_health_of(work, result, dialect.slot, dialect.disable_after)
            except UnavailableError:
                # The attempt itself is recorded; to POST it again for a counter's sake would be worse.
                _LOGGER.warning("subscription's health not recorded", exc_info=True)

    def _note_health_of(self, work: Work, result: AttemptResult, slot: Slot, limit: int) -> None:
        health = _health(work, result)
        if result.outcome is Outcome.DELIVERED:
            self.health.note_success(work.subscription, slot, health, limit=limit)
        elif self.health.note_failure(work.subscription, slot, health, limit=limit):
            self.operational.disabled(work.subscription, health, error_count=limit)

    def given_up(self, delivery: Delivery) -> None:
        """Tells of a delivery that was just discarded without an attempt. Raises `UnavailableError`."""
        self.observer.given_up(delivery)
        self.follow_up([delivery])

    def follow_up(self, deliveries: Iterable[Delivery]) -> None:
        """Makes sure of what follows from recorded deliveries: whoever wrote them may have died before.

        Those that wait have a schedule, and of those that were given up the account is told, unless it gave them up
        itself by erasing their event. Raises `UnavailableError`.
        """
        for delivery in deliveries:
            self.waiting.ensure(delivery)
            given_up = delivery.state is DeliveryState.DISCARDED and not delivery.was_tried_by_hand
            if given_up and not delivery.is_erased:
                self.operational.discarded(delivery)

    def _save(self, done: Done) -> bool:
        if done.result is None and done.work.manual_id:
            self._give_back(done.work.delivery)
            return False
        try:
            saved = self._merged(done)
            if done.result:
                self.observer.recorded(saved)
            self.follow_up([saved])
        except (UnavailableError, ConcurrentChangeError):
            _LOGGER.warning("result not recorded: its message comes again", exc_info=True)
            return False
        except NotFoundError:
            _LOGGER.warning("result not recorded: its delivery expired meanwhile")
        return True

    def _give_back(self, delivery: Delivery) -> None:
        """Ends a claim early, so that the message finds the delivery free when it comes again."""
        try:
            self.waiting.ledger.save(replace(delivery, claimed_until=None))
        except (UnavailableError, ConcurrentChangeError):
            _LOGGER.warning("claim not ended: it runs out by itself", exc_info=True)

    def _merged(self, done: Done) -> Delivery:
        """Saves a result on top of what is stored, which a duplicate of the message may have changed meanwhile."""
        delivery, ledger = done.work.delivery, self.waiting.ledger
        for _ in range(_MERGES):
            try:
                return ledger.save(self._settled(delivery, done))
            except ConcurrentChangeError:
                delivery = ledger.delivery(delivery.key)
                if done.result is None:
                    # There is nothing to add, and whoever wrote it knows better when it is due.
                    return delivery
        raise ConcurrentChangeError(f"Delivery {delivery.key.id} keeps changing.")

    def _settled(self, delivery: Delivery, done: Done) -> Delivery:
        """`delivery` after a result: the retry rule."""
        result, retry_schedule = done.result, self.waiting.retry_schedule
        if result is None:
            now = self.waiting.clock.now()
            return delivery.deferred(retry_schedule.soon(now), now)
        attempt = result.attempt.renumbered(delivery.next_attempt_number)
        if delivery.state is DeliveryState.DELIVERED or result.outcome is Outcome.DELIVERED:
            return delivery.delivered(attempt)
        if attempt.is_manual:
            return delivery.tried_by_hand(attempt)
        policy = retry_policy(self.dialects, done.work.subscription)
        if result.outcome is Outcome.GIVE_UP:
            return delivery.given_up(attempt, "The answer is one that is not tried again.")
        if delivery.attempts_used + 1 >= policy.attempts:
            failed = "The only attempt" if policy.attempts == 1 else f"All {policy.attempts} attempts"
            return delivery.given_up(attempt, f"{failed} failed.")
        return delivery.retrying(attempt, retry_schedule.next_attempt(policy, attempt.ended_at, result.retry_after))


def _health(work: Work, result: AttemptResult) -> Health:
    """What a subscription remembers of an attempt."""
    attempt, delivered = result.attempt, result.outcome is Outcome.DELIVERED
    return Health(
        last_response_code=attempt.status_code,
        last_response_message=attempt.message or ("OK" if delivered else None),
        last_pushed_at=attempt.ended_at if delivered else None,
        last_pushed_id=work.event.id if delivered else None,
    )


def _succeeded_at_once(done: Done) -> bool:
    """Whether this is the first anybody hears of the delivery, and all there will be."""
    result = done.result
    return result is not None and result.outcome is Outcome.DELIVERED and done.work.delivery.version == 0
