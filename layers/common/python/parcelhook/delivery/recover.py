"""Recoveries, a page at a time: deliveries of one subscription again, at a bounded rate.

A page queues as many deliveries as fit, at a rate of `PER_SECOND`, into the time until the next bucket, held back one
message after the other. Then it is written down how far the recovery has come, with the bucket in which its next page
is due. Whatever dies before that has the page queued again, by its message or by the safety net; what was sent by then
was changed after the recovery was asked for, and is left alone.

No page is followed by a message of its own: Lambda ends a chain of some sixteen invocations over SQS. The schedule of
a bucket begins a new one.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from parcelhook.collaborators import collaborator
from parcelhook.delivery.waiting import Waiting
from parcelhook.errors import ConcurrentChangeError, NotFoundError
from parcelhook.messages import DeliveriesMessage, RecoverMessage
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.recovery import PER_SECOND, Recovery, RecoveryKey, RecoveryState
from parcelhook.queues import Queue
from parcelhook.storage.recoverable import Found, Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.storage.table import in_parts

_DELIVERIES_IN_A_MESSAGE = 25
# Some twenty queries, a second or two: what else is in a worker's batch waits no longer than that.
_MOST_LOOKED_AT = 20_000
# SQS holds a message back for at most 900 seconds.
_LONGEST_PAGE = timedelta(seconds=600)


@collaborator(kw_only=True)
class Recoverer:
    """Queues what recoveries are about, and says what is to be sent of it."""

    rows: RecoveryRows
    recoverable: Recoverable
    waiting: Waiting
    queue: Queue
    """The one that retries pass through."""
    per_second: int = PER_SECOND

    def recover(self, message: RecoverMessage) -> None:
        """Queues the page that is due. Raises `UnavailableError`; the message may then come again."""
        if message.begins:
            with suppress(ConcurrentChangeError):
                self.rows.save(message.begins)
        recovery = self._found(message.recovery)
        if recovery is None or recovery.state is not RecoveryState.RUNNING or recovery.due_at is None:
            return
        if recovery.due_at > message.due:
            # The page is done. Whoever did it may have died before making the schedule of the next one.
            self._schedule(recovery)
            return
        now = self.waiting.clock.now()
        next_bucket = self.waiting.retry_schedule.soon(now)
        seconds = min(next_bucket - now, _LONGEST_PAGE).total_seconds()
        page = self.recoverable.page(
            recovery, limit=max(1, int(self.per_second * seconds)), most_looked_at=_MOST_LOOKED_AT
        )
        self._queue(recovery, page.keys, now)
        saved = self._advanced(recovery, page, now)
        if saved:
            self._schedule(saved)

    def _advanced(self, recovery: Recovery, page: Found, now: datetime) -> Recovery | None:
        """Writes down that the page is queued, on top of a wish that joined meanwhile.

        None where it was cancelled, or done by somebody who got the same message: what they queued and we did is sent
        once.
        """
        found: Recovery | None = recovery
        while found is not None and (found.state, found.due_at) == (recovery.state, recovery.due_at):
            due = self.waiting.retry_schedule.buckets.holding(found.again_after or now, now)
            with suppress(ConcurrentChangeError):
                return self.rows.save(found.advanced(len(page.keys), page.cursor, due, now))
            found = self._found(recovery.key)
        return None

    def wanted(self, key: RecoveryKey, due: datetime, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Those of `deliveries` that a recovery has still to send, as if they had been due at `due`."""
        recovery, now = self._found(key), self.waiting.clock.now()
        if recovery is None:
            return []
        # Whoever has claimed one may die; as it is it makes the message come back after the claim has run out.
        wanted = [each for each in deliveries if recovery.wants(each)]
        return [each if each.is_claimed(now) else _again(each, due, now) for each in wanted]

    def _found(self, key: RecoveryKey) -> Recovery | None:
        try:
            return self.rows.recovery(key)
        except NotFoundError:
            return None

    def _queue(self, recovery: Recovery, found: tuple[DeliveryKey, ...], due: datetime) -> None:
        for number, part in enumerate(in_parts(found, _DELIVERIES_IN_A_MESSAGE)):
            message = DeliveriesMessage(
                account_id=recovery.key.account_id,
                mode=recovery.key.mode,
                due=due,
                deliveries=tuple(part),
                recovery=recovery.key,
            )
            self.queue.send(message, delay_seconds=number * _DELIVERIES_IN_A_MESSAGE // self.per_second)

    def _schedule(self, recovery: Recovery) -> None:
        if recovery.due_at and recovery.due_at > self.waiting.clock.now():
            self.waiting.schedules.ensure(recovery.due_at, self.rows.shard(recovery.key))


def _again(delivery: Delivery, due_at: datetime, now: datetime) -> Delivery:
    if delivery.state is DeliveryState.HELD:
        return delivery.deferred(due_at, now)
    return delivery.recovered(due_at, now)
