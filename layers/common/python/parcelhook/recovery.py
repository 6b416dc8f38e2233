"""Asks for deliveries of a subscription to be tried again; the dispatch function does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from parcelhook.clock import Clock
from parcelhook.messages import RecoverMessage
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.subscription import Subscription
from parcelhook.queues import Queue

_THE_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Sends wishes to the dispatch function."""

    queue: Queue
    clock: Clock
    delay_seconds: int
    """Longer than a worker may remember a subscription: what one holds back until then is found as well."""

    def resume(self, subscription: Subscription) -> None:
        """All that was held is tried again. Raises `UnavailableError`."""
        self._ask(subscription, _THE_BEGINNING, (DeliveryState.HELD,))

    def rewind(self, subscription: Subscription, since: datetime) -> None:
        """All that was settled or held since then is sent again. Raises `UnavailableError`."""
        self._ask(subscription, since, (DeliveryState.DELIVERED, DeliveryState.DISCARDED, DeliveryState.HELD))

    def _ask(self, subscription: Subscription, since: datetime, states: Sequence[DeliveryState]) -> None:
        message = RecoverMessage(
            account_id=subscription.account_id,
            mode=subscription.mode,
            subscription_id=subscription.id,
            since=since,
            asked_at=self.clock.now(),
            states=tuple(states),
        )
        self.queue.send(message, delay_seconds=self.delay_seconds)
