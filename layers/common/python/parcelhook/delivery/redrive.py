"""Re-drives what is due: from the ledger's index back into the queue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from parcelhook.collaborators import collaborator
from parcelhook.delivery.waiting import Waiting
from parcelhook.messages import DeliveriesMessage, RecoverMessage
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey
from parcelhook.model.recovery import RecoveryKey
from parcelhook.queues import Queue
from parcelhook.storage.ledger import DuePage
from parcelhook.storage.table import Start, in_parts

_PAGE = 1_000
_DELIVERIES_IN_A_MESSAGE = 25
# A run reads the buckets just before its own too, for what was written while they were read.
_BUCKETS_READ = 3
_LONG_AGO = timedelta(days=365)


@collaborator(kw_only=True)
class Redriver:
    """Finds what is due."""

    waiting: Waiting
    queue: Queue
    grace: timedelta
    """How long something may be overdue before it is taken for left behind."""

    def redrive(self, bucket: datetime, shard: int) -> int:
        """Queues what is due in `bucket`. Answers how much. Raises `UnavailableError`; running it again is safe."""
        since = bucket - (_BUCKETS_READ - 1) * self.waiting.retry_schedule.buckets.width
        count = 0
        for page in self._pages(shard, since, bucket):
            self.queue.send_many([*_messages(page.keys, bucket), *_recover_messages(page.recoveries, bucket)])
            count += len(page.keys) + len(page.recoveries)
        return count

    def sweep(self) -> int:
        """Puts what was left behind into the next bucket. Answers how much.

        Left behind is what an interrupted run did not queue, and what was queued but never recorded.
        """
        now, ledger = self.waiting.clock.now(), self.waiting.ledger
        count = 0
        for shard in range(ledger.shards):
            for page in self._pages(shard, now - _LONG_AGO, now - self.grace):
                found = ledger.deliveries(page.keys).values()
                count += sum(self.waiting.put_off(delivery) for delivery in found)
                # A page of a recovery that was left behind is queued as it is: it makes its own next bucket.
                self.queue.send_many(list(_recover_messages(page.recoveries, now)))
                count += len(page.recoveries)
        return count

    def _pages(self, shard: int, since: datetime, until: datetime) -> Iterator[DuePage]:
        start: Start | None = None
        while True:
            page = self.waiting.ledger.due(shard, since=since, until=until, limit=_PAGE, start=start)
            if page.keys or page.recoveries:
                yield page
            start = page.next
            if start is None:
                return


def _messages(keys: Iterable[DeliveryKey], due: datetime) -> Iterator[DeliveriesMessage]:
    """One of each account in turn, so that none waits for all that is due for another."""
    by_account: defaultdict[tuple[str, Mode], list[DeliveryKey]] = defaultdict(list)
    for key in keys:
        by_account[key.account_id, key.mode].append(key)
    parts = (in_parts(own, _DELIVERIES_IN_A_MESSAGE) for own in by_account.values())
    for part in chain.from_iterable(zip_longest(*parts, fillvalue=())):
        if part:
            first = part[0]
            yield DeliveriesMessage(account_id=first.account_id, mode=first.mode, due=due, deliveries=tuple(part))


def _recover_messages(keys: Iterable[RecoveryKey], due: datetime) -> Iterator[RecoverMessage]:
    for key in keys:
        yield RecoverMessage(account_id=key.account_id, mode=key.mode, recovery=key, due=due)
