"""Manual retries: one delivery, at once, whatever its state."""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.attempts import Work
from parcelhook.delivery.matching import Matching
from parcelhook.errors import ConcurrentChangeError
from parcelhook.messages import ManualRetryMessage
from parcelhook.model.delivery import DeliveryKey
from parcelhook.storage.ledger import Ledger

_LOGGER = logging.getLogger(__name__)


@collaborator(kw_only=True)
class ManualPlanner:
    """Finds out what a person's wish comes to."""

    ledger: Ledger
    matching: Matching
    clock: Clock
    claim: timedelta
    """How long a worker has for the attempt before another may try."""

    def work(self, message_id: str, message: ManualRetryMessage, taken: Collection[DeliveryKey]) -> Work | None:
        """The attempt, or None where it was made already or has become impossible.

        Raises `ConcurrentChangeError` where the delivery is being tried, by this worker (`taken`) or by another: the
        wish is another attempt, so its message is to come again afterwards.
        """
        key = message.delivery
        delivery = self.ledger.deliveries([key]).get(key)
        if delivery is None or any(attempt.manual_id == message.manual_id for attempt in delivery.attempts):
            return None
        if key in taken or delivery.is_claimed(self.clock.now()):
            raise ConcurrentChangeError(f"Delivery {key.id} is being tried.")
        record = self.ledger.events([key.event], consistent=True).get(key.event)
        # It may have been switched on just before the retry was asked for.
        subscription = self.matching.subscription(delivery, since=message.asked_at)
        if record is None or record.event.erased_at or subscription is None or not subscription.enabled:
            _LOGGER.warning("manual retry not made: its event or its subscription is gone since it was asked for")
            return None
        until = self.clock.now() + self.claim
        claimed = self.ledger.save(replace(delivery, url=subscription.url, claimed_until=until))
        return Work(
            delivery=claimed,
            event=record.event,
            subscription=subscription,
            message_id=message_id,
            manual_id=message.manual_id,
        )
