"""What follows from a bought label: its number is registered, and somebody hears of its updates.

Which events tell of one is its vendor's: `dialects/shippo_labels.py`.
"""

import hashlib
import logging
from collections.abc import Sequence

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.dialects.base import Dialect
from parcelhook.dialects.shippo_labels import HEARS_OF_UPDATES, bought_label
from parcelhook.errors import SubscriptionExistsError
from parcelhook.model.account import Account, Mode
from parcelhook.model.event import Event
from parcelhook.model.subscription import Subscription
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.endpoints import EndpointRules
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import parcel_named

_LOGGER = logging.getLogger(__name__)


@collaborator(kw_only=True)
class BoughtLabels:
    """Registers the tracking numbers of bought labels, and sees to it that somebody hears of their updates."""

    tracks: RegisteredTracks
    registry: Registry
    dialect: Dialect
    """Of the vendor that tracks the labels it sells."""
    endpoint_rules: EndpointRules
    clock: Clock

    def queued(self, events: Sequence[Event]) -> None:
        """What is to be done about published events. They are published whatever comes of it, so nothing is raised."""
        try:
            labels = [(event, label) for event in events if (label := bought_label(event))]
            for event, label in labels:
                self.tracks.register(parcel_named(event, label.carrier, label.number), label.members)
            if labels:
                self._ensure_webhook(self.tracks.account(events[0].account_id), events[0].mode)
            self.tracks.published(events)
        except Exception:
            _LOGGER.exception("published events are not noted for their tracking numbers")

    def _ensure_webhook(self, account: Account, mode: Mode) -> None:
        """Makes the account's default webhook where no webhook of Shippo's hears of tracking updates."""
        url = account.default_webhook_url
        if url is None or self._has_webhook(account, mode):
            return
        fault = self.endpoint_rules.fault(url)
        if fault:
            _LOGGER.warning("an account's default webhook URL is refused: %s", fault)
            return
        try:
            self.registry.add_subscription(self._webhook(account, mode, url), self.dialect.slot)
        except SubscriptionExistsError:
            # Made at the same moment for another label.
            return

    def _has_webhook(self, account: Account, mode: Mode) -> bool:
        places = self.dialect.event_names[HEARS_OF_UPDATES]
        return bool(self.registry.subscriptions_of_dialect(account.id, mode, self.dialect.slot, places))

    def _webhook(self, account: Account, mode: Mode, url: str) -> Subscription:
        now = self.clock.now()
        return Subscription(
            # The same whoever makes it, so that two who do make one.
            id=hashlib.sha256(f"default/{account.id}/{mode}".encode()).hexdigest()[:32],
            account_id=account.id,
            mode=mode,
            dialect=self.dialect.name,
            event_name=HEARS_OF_UPDATES,
            event_types=self.dialect.event_names[HEARS_OF_UPDATES],
            url=url,
            created_at=now,
            updated_at=now,
        )
