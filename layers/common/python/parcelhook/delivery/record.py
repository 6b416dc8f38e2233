"""What became of attempts, written down: first the ledger, then the schedule of what is due again.

In that order: whatever dies in between, the safety net finds what is due and has no schedule.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from parcelhook.clock import Clock
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.due import DueSchedules
from parcelhook.delivery.policy import RetrySchedule
from parcelhook.dialects.base import Dialects
from parcelhook.errors import ConcurrentChangeError, UnavailableError
from parcelhook.model.delivery import Delivery, DeliveryState, Outcome
from parcelhook.storage.keys import shard_of
from parcelhook.storage.ledger import Ledger
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes results into the ledger."""

    ledger: Ledger
    schedules: DueSchedules
    retry_schedule: RetrySchedule
    dialects: Dialects
    clock: Clock

    def record(self, events: Sequence[RecordedFor], done: Sequence[Done]) -> set[str]:
        """Writes events and results. Answers which messages must be received again, because AWS would not take it."""
        at_once = [each for each in done if _succeeded_at_once(each)]
        failed: set[str] = set()
        try:
            delivered = [self._settled(each.work.delivery, each) for each in at_once]
            self.ledger.record([each.record for each in events], delivered)
        except UnavailableError:
            _LOGGER.warning("results not recorded: their messages come again", exc_info=True)
            return {each.message_id for each in events} | {each.work.message_id for each in done}
        for each in done:
            if not _succeeded_at_once(each) and not self._save(each):
                failed.add(each.work.message_id)
        return failed

    def reschedule(self, deliveries: Iterable[Delivery]) -> None:
        """Makes sure of the schedules of those that wait: whoever wrote them may have died before making one."""
        for delivery in deliveries:
            if delivery.waits and delivery.due_at:
                self._ensure(delivery, delivery.due_at)

    def _save(self, done: Done) -> bool:
        try:
            saved = self._merged(done)
            self.reschedule([saved])
        except (UnavailableError, ConcurrentChangeError):
            _LOGGER.warning("result not recorded: its message comes again", exc_info=True)
            return False
        return True

    def _merged(self, done: Done) -> Delivery:
        """Saves a result on top of what is stored, which a duplicate of the message may have changed meanwhile."""
        delivery = done.work.delivery
        for _ in range(_MERGES):
            try:
                return self.ledger.save(self._settled(delivery, done))
            except ConcurrentChangeError:
                delivery = self.ledger.delivery(delivery.key)
        raise ConcurrentChangeError(f"Delivery {delivery.key.id} keeps changing.")

    def _settled(self, delivery: Delivery, done: Done) -> Delivery:
        """`delivery` after a result: the retry rule."""
        result, now = done.result, self.clock.now()
        if result is None:
            return delivery.deferred(self.retry_schedule.soon(now), now)
        attempt = result.attempt.renumbered(delivery.next_attempt_number)
        if delivery.state is DeliveryState.DELIVERED or result.outcome is Outcome.DELIVERED:
            return delivery.delivered(attempt)
        policy = self.dialects.named(delivery.dialect).retry_policy
        if result.outcome is Outcome.GIVE_UP:
            return delivery.given_up(attempt, "The answer is one that is not tried again.")
        if attempt.number >= policy.attempts:
            return delivery.given_up(attempt, f"All {policy.attempts} attempts failed.")
        return delivery.retrying(
            attempt, self.retry_schedule.next_attempt(policy, attempt.ended_at, result.retry_after)
        )

    def _ensure(self, delivery: Delivery, due_at: datetime) -> None:
        self.schedules.ensure(due_at, shard_of(delivery.key, self.ledger.shards))


def _succeeded_at_once(done: Done) -> bool:
    """Whether this is the first anybody hears of the delivery, and all there will be."""
    result = done.result
    return result is not None and result.outcome is Outcome.DELIVERED and done.work.delivery.version == 0
