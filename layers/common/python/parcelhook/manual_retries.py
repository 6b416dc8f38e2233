"""Asks for one delivery to be tried once more; the dispatch function does it."""

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.ids import Ids
from parcelhook.messages import ManualRetryMessage
from parcelhook.model.delivery import DeliveryKey
from parcelhook.queues import Queue


@collaborator(kw_only=True)
class ManualRetries:
    """Sends wishes straight to the dispatch function: a person waits for what comes of them."""

    queue: Queue
    clock: Clock
    ids: Ids

    def ask(self, delivery: DeliveryKey) -> None:
        """Each call is one more attempt. Raises `UnavailableError`."""
        now = self.clock.now()
        message = ManualRetryMessage(
            account_id=delivery.account_id,
            mode=delivery.mode,
            delivery=delivery,
            manual_id=self.ids.ulid(now),
            asked_at=now,
        )
        self.queue.send(message)
