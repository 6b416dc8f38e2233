"""What follows from a bought label at Shippo: "Shippo automatically creates a webhook for tracking that label"."""

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parcelhook.clock import Clock
from parcelhook.dialects.base import Dialect
from parcelhook.errors import SubscriptionExistsError
from parcelhook.model.account import Account, Mode
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.endpoints import EndpointRules
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import LONGEST_NUMBER, Parcel

_LOGGER = logging.getLogger(__name__)
_EVENT_NAME = "track_updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLabels:
    """Registers the tracking numbers of bought labels, and sees to it that somebody hears of their updates."""

    tracks: RegisteredTracks
    registry: Registry
    dialect: Dialect
    """Shippo's."""
    endpoint_rules: EndpointRules
    clock: Clock

    def queued(self, events: Sequence[Event]) -> None:
        """What is to be done about published events. They are published whatever comes of it, so nothing is raised."""
        try:
            labels = [event for event in events if is_bought_label(event)]
            for event in labels:
                self.tracks.register(_parcel(event), _members(event.data))
            if labels:
                self._ensure_webhook(self.tracks.account(labels[0].account_id), labels[0].mode)
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
        places = self.dialect.event_names[_EVENT_NAME]
        return bool(self.registry.subscriptions_of_dialect(account.id, mode, self.dialect.slot, places))

    def _webhook(self, account: Account, mode: Mode, url: str) -> Subscription:
        now = self.clock.now()
        return Subscription(
            # The same whoever makes it, so that two who do make one.
            id=hashlib.sha256(f"default/{account.id}/{mode}".encode()).hexdigest()[:32],
            account_id=account.id,
            mode=mode,
            dialect=self.dialect.name,
            event_name=_EVENT_NAME,
            event_types=self.dialect.event_names[_EVENT_NAME],
            url=url,
            created_at=now,
            updated_at=now,
        )


def is_bought_label(event: Event) -> bool:
    """Whether an event tells of a label that was bought and can be tracked."""
    if event.type is not EventType.TRANSACTION_CREATED or event.data.get("status") != "SUCCESS":
        return False
    return 1 <= len(event.data.get("tracking_number", "")) <= LONGEST_NUMBER and bool(_carrier(event.data))


def _parcel(event: Event) -> Parcel:
    number, carrier = event.data["tracking_number"], _carrier(event.data)
    return Parcel(account_id=event.account_id, mode=event.mode, carrier=carrier, number=number)


def _carrier(transaction: Mapping[str, Any]) -> str:
    """The carrier's token: providers are written as names, such as `DHL Express`."""
    rate = transaction.get("rate")
    provider = rate.get("provider", "") if isinstance(rate, Mapping) else ""
    return re.sub(r"[^a-z0-9]+", "_", provider.lower()).strip("_")[:64]


def _members(transaction: Mapping[str, Any]) -> dict[str, Any]:
    """What the transaction tells of the parcel, as members of canonical tracking data."""
    rate = transaction["rate"]
    service = {"token": rate.get("servicelevel_token"), "name": rate.get("servicelevel_name")}
    members = {
        "transaction_id": transaction["object_id"],
        "metadata": transaction.get("metadata") or None,
        "service_level": {name: value for name, value in service.items() if value} or None,
    }
    return {name: value for name, value in members.items() if value is not None}
