"""Deliveries that wait: in the ledger with the bucket that they are due in, and a schedule for that bucket."""

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.due import DueSchedules
from parcelhook.delivery.policy import RetrySchedule
from parcelhook.errors import ConcurrentChangeError
from parcelhook.model.delivery import Delivery
from parcelhook.storage.keys import shard_of
from parcelhook.storage.ledger import Ledger


@collaborator(kw_only=True)
class Waiting:
    """Keeps the two together. Its calls raise `UnavailableError`, and may then be made again."""

    ledger: Ledger
    schedules: DueSchedules
    retry_schedule: RetrySchedule
    clock: Clock

    def ensure(self, delivery: Delivery) -> None:
        """Makes sure that there is a schedule for a delivery that waits.

        One whose bucket has passed is put off to the next: a schedule cannot lie in the past.
        """
        if not delivery.waits or delivery.due_at is None:
            return
        if delivery.due_at <= self.clock.now():
            self.put_off(delivery)
        else:
            self.schedules.ensure(delivery.due_at, shard_of(delivery.key, self.ledger.shards))

    def put_off(self, delivery: Delivery) -> bool:
        """Puts a delivery that waits into the next bucket, unless somebody is trying it. Answers whether it did."""
        now = self.clock.now()
        if delivery.is_claimed(now) or not delivery.waits:
            return False
        return self.store(delivery.deferred(self.retry_schedule.soon(now), now))

    def store(self, delivery: Delivery) -> bool:
        """Writes a delivery that waits, then its schedule. Answers whether it did: others may have been faster."""
        try:
            saved = self.ledger.save(delivery)
        except ConcurrentChangeError:
            return False
        self.ensure(saved)
        return True
