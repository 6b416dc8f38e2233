"""Labels that were bought: "Shippo automatically creates a webhook for tracking that label" (webhooks guide)."""

import re
from collections.abc import Mapping
from typing import Any

from parcelhook.model.event import Event, EventType
from parcelhook.model.tracking import LONGEST_NUMBER
from parcelhook.values import value

HEARS_OF_UPDATES = "track_updated"
"""The event whose webhooks hear of a bought label's updates."""

_LONGEST_CARRIER = 64


@value(kw_only=True)
class BoughtLabel:
    """What a transaction tells of the parcel that its label is for."""

    carrier: str
    number: str
    transaction_id: str
    members: Mapping[str, Any]
    """As members of canonical tracking data."""


def bought_label(event: Event) -> BoughtLabel | None:
    """The label that an event tells of, if it was bought and can be tracked."""
    if event.type is not EventType.TRANSACTION_CREATED or event.data.get("status") != "SUCCESS":
        return None
    number, carrier = event.data.get("tracking_number", ""), _carrier(event.data)
    if not 1 <= len(number) <= LONGEST_NUMBER or not carrier:
        return None
    transaction_id = event.data["object_id"]
    return BoughtLabel(carrier=carrier, number=number, transaction_id=transaction_id, members=_members(event.data))


def _carrier(transaction: Mapping[str, Any]) -> str:
    """The carrier's token: providers are written as names, such as `DHL Express`."""
    rate = transaction.get("rate")
    provider = rate.get("provider", "") if isinstance(rate, Mapping) else ""
    return re.sub(r"[^a-z0-9]+", "_", provider.lower()).strip("_")[:_LONGEST_CARRIER]


def _members(transaction: Mapping[str, Any]) -> dict[str, Any]:
    rate = transaction["rate"]
    service = {"token": rate.get("servicelevel_token"), "name": rate.get("servicelevel_name")}
    members = {
        "transaction_id": transaction["object_id"],
        "metadata": transaction.get("metadata") or None,
        "service_level": {name: value for name, value in service.items() if value} or None,
    }
    return {name: value for name, value in members.items() if value is not None}
