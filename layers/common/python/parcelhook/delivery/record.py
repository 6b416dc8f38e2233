"""What became of attempts, written down: first the ledger, then the schedule of what is due again.

In that order: whatever dies in between, the safety net finds what is due and has no schedule.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects.base import Dialects
from parcelhook.errors import ConcurrentChangeError, NotFoundError, UnavailableError
from parcelhook.model.delivery import Delivery, DeliveryState, Outcome
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.storage.ledger_items import EventRecord

_LOGGER = logging.getLogger(__name__)

# As many workers may have tried one delivery at once, through duplicated messages, before we give up writing.
_MERGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Work with its result; None where there was no time left to try."""

    work: Work
    result: AttemptResult | None


@dataclass(frozen=True, slots=True)
class RecordedFor:
    """An event to be written, and the queue message that brought it."""

    message_id: str
    record: EventRecord


class HealthNotes(Protocol):
    """Keeps count of a subscription's failures. Both raise `UnavailableError`."""

    def note_failure(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        """Counts one more, up to `limit`."""
        ...

    def note_success(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        """Begins anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes results into the ledger."""

    waiting: Waiting
    dialects: Dialects
    health: HealthNotes

    def record(self, events: Sequence[RecordedFor], done: Sequence[Done]) -> set[str]:
        """Writes events and results. Answers which messages must be received again, because AWS would not take it."""
        at_once = [each for each in done if _succeeded_at_once(each)]
        failed: set[str] = set()
        try:
            delivered = [self._settled(each.work.delivery, each) for each in at_once]
            self.waiting.ledger.record([each.record for each in events], delivered)
        except UnavailableError:
            _LOGGER.warning("results not recorded: their messages come again", exc_info=True)
            return {each.message_id for each in events} | {each.work.message_id for each in done}
        for each in done:
            if not _succeeded_at_once(each) and not self._save(each):
                failed.add(each.work.message_id)
        self._note_health(done)
        return failed

    def _note_health(self, done: Sequence[Done]) -> None:
        """Counts failures where the dialect disables on them, in the order that the attempts ended in."""
        tried = [(each.work, each.result) for each in done if each.result]
        for work, result in sorted(tried, key=lambda pair: pair[1].attempt.ended_at):
            dialect = self.dialects.named(work.subscription.dialect)
            if dialect.disable_after is None:
                continue
            note = self.health.note_failure
            if result.outcome is Outcome.DELIVERED:
                note = self.health.note_success
            try:
                note(work.subscription, dialect.slot, _health(work, result), limit=dialect.disable_after)
            except UnavailableError:
                # The attempt itself is recorded; to POST it again for a counter's sake would be worse.
                _LOGGER.warning("subscription's health not recorded", exc_info=True)

    def reschedule(self, deliveries: Iterable[Delivery]) -> None:
        """Makes sure of the schedules of those that wait: whoever wrote them may have died before making one."""
        for delivery in deliveries:
            self.waiting.ensure(delivery)

    def _save(self, done: Done) -> bool:
        try:
            saved = self._merged(done)
            self.reschedule([saved])
        except (UnavailableError, ConcurrentChangeError):
            _LOGGER.warning("result not recorded: its message comes again", exc_info=True)
            return False
        except NotFoundError:
            _LOGGER.warning("result not recorded: its delivery expired meanwhile")
        return True

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
        policy = done.work.subscription.retry_policy or self.dialects.named(delivery.dialect).retry_policy
        if result.outcome is Outcome.GIVE_UP:
            return delivery.given_up(attempt, "The answer is one that is not tried again.")
        if attempt.number - delivery.recovered_after >= policy.attempts:
            return delivery.given_up(attempt, f"All {policy.attempts} attempts failed.")
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
