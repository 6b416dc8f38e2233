"""What the service tells an account of itself: events of ours, published like anybody's when something goes wrong.

Only failures come here, and only an account that has subscribed to such events has any. Nothing operational follows
from what is operational: an endpoint for them that fails causes no further ones.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from parcelhook.clock import Clock, to_text
from parcelhook.collaborators import collaborator
from parcelhook.delivery.matching import Matching
from parcelhook.errors import UnavailableError
from parcelhook.ids import Ids
from parcelhook.messages import EventsMessage
from parcelhook.model.account import Mode
from parcelhook.model.circuit import OPENS_AFTER
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import OPERATIONAL, Event, EventType
from parcelhook.model.subscription import Health, Subscription
from parcelhook.queues import Queue

_LOGGER = logging.getLogger(__name__)


@collaborator(kw_only=True)
class OperationalEvents:
    """Publishes them by way of the events queue."""

    matching: Matching
    queue: Queue
    clock: Clock

    def discarded(self, delivery: Delivery) -> None:
        """A delivery was given up. May be told again: it is the same event then. Raises `UnavailableError`."""
        key, latest = delivery.key, delivery.attempts[-1] if delivery.attempts else None
        data = {
            "subscription_id": key.subscription_id,
            "dialect": delivery.dialect,
            "delivery_id": key.id,
            "event_id": delivery.event_id,
            "event_type": delivery.event_type,
            "attempt_count": len(delivery.attempts),
            "reason": delivery.reason,
            "last_response_code": latest.status_code if latest else None,
        }
        if delivery.event_type not in OPERATIONAL:
            self._publish(key.account_id, key.mode, EventType.DELIVERY_DISCARDED, data, key.id, delivery.updated_at)

    def circuit_opened(self, subscription: Subscription, *, until: datetime) -> None:
        """An endpoint's circuit was opened. Raises nothing: what could not be told is in the log."""
        more = {"failures": OPENS_AFTER, "next_probe_at": to_text(until)}
        self._tell(EventType.CIRCUIT_OPENED, subscription, more)

    def circuit_closed(self, subscription: Subscription) -> None:
        """It was closed. Raises nothing."""
        self._tell(EventType.CIRCUIT_CLOSED, subscription, {})

    def disabled(self, subscription: Subscription, response: Health, *, error_count: int) -> None:
        """A subscription was disabled by its failures. Raises nothing."""
        more = {
            "error_count": error_count,
            "last_response_code": response.last_response_code,
            "last_response_message": response.last_response_message,
        }
        self._tell(EventType.SUBSCRIPTION_DISABLED, subscription, more)

    def _tell(self, event_type: EventType, subscription: Subscription, more: Mapping[str, Any]) -> None:
        """Of a change that is made once: whoever made it tells it."""
        if OPERATIONAL.issuperset(subscription.event_types):
            return
        data = {
            "subscription_id": subscription.id,
            "dialect": subscription.dialect,
            "event": subscription.event_name,
        } | dict(more)
        try:
            self._publish(
                subscription.account_id, subscription.mode, event_type, data, subscription.id, self.clock.now()
            )
        except UnavailableError:
            _LOGGER.warning("%s not told", event_type, exc_info=True)

    def _publish(
        self,
        account_id: str,
        mode: Mode,
        event_type: EventType,
        data: Mapping[str, Any],
        cause: str,
        moment: datetime,
    ) -> None:
        if not any(each.enabled for each in self.matching.subscriptions(account_id, mode, event_type)):
            return
        event = Event(
            ulid=_ulid(f"{event_type}|{cause}", moment),
            account_id=account_id,
            mode=mode,
            type=event_type,
            data={name: value for name, value in data.items() if value is not None},
            accepted_at=self.clock.now(),
            occurred_at=moment,
        )
        # The same cause may be told twice, so dispatch looks up what was sent.
        self.queue.send(EventsMessage(account_id=account_id, mode=mode, events=(event,), republished=True))


def _ulid(cause: str, moment: datetime) -> str:
    """The same for the same cause and moment, whoever makes it."""
    digest = sha256(cause.encode()).digest()
    return Ids(lambda length: digest[:length]).ulid(moment)
