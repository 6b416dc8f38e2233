"""What each vendor's webhook says of a parcel, in one form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Situation(StrEnum):
    """As much of a parcel's status as the shop acts on."""

    ANNOUNCED = "announced"
    """The carrier knows of it, and has not scanned it."""
    MOVING = "moving"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    """Returned, lost, refused, or stopped by an exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The newest that is known of one parcel. Days are `YYYY-MM-DD`."""

    tracking_number: str
    situation: Situation
    description: str | None
    happened_on: str | None
    expected_on: str | None = None


_SHIPENGINE = {
    "DE": Situation.DELIVERED,
    "EX": Situation.UNDELIVERABLE,
    "NY": Situation.ANNOUNCED,
    "UN": Situation.ANNOUNCED,
}
_SHIPPO = {
    "DELIVERED": Situation.DELIVERED,
    "FAILURE": Situation.UNDELIVERABLE,
    "RETURNED": Situation.UNDELIVERABLE,
    "PRE_TRANSIT": Situation.ANNOUNCED,
    "UNKNOWN": Situation.ANNOUNCED,
}
# eHub passes on the carrier's own codes. These are the postal service's (Publication 199); add those of your carriers.
# An update for which the publisher gave no code has only a description.
_EHUB = {
    "01": Situation.DELIVERED,
    "04": Situation.UNDELIVERABLE,
    "05": Situation.UNDELIVERABLE,
    "09": Situation.UNDELIVERABLE,
    "MA": Situation.ANNOUNCED,
    "Exception": Situation.UNDELIVERABLE,
    "Unknown": Situation.ANNOUNCED,
}


def read_updates(source: str, body: bytes) -> list[Update]:
    """The tracking updates in a webhook of `source`; none where it is about something else.

    Raises `ValueError`, `KeyError` or `TypeError` for a body that is not the vendor's.
    """
    webhook = json.loads(body)
    match source:
        case "shipengine":
            return [_shipengine(webhook["data"])] if webhook["resource_type"] == "API_TRACK" else []
        case "shippo":
            return [_shippo(webhook["data"])] if webhook["event"] == "track_updated" else []
        case "ehub":
            return _ehub(webhook["payload"]) if webhook["subscription_type"] == "shipment_tracking" else []
        case _:
            raise ValueError(f"no vendor {source}")


def _shipengine(data: Mapping[str, Any]) -> Update:
    newest: Mapping[str, Any] = next(iter(data["events"]), {})
    return Update(
        tracking_number=data["tracking_number"],
        situation=_SHIPENGINE.get(data["status_code"], Situation.MOVING),
        description=data["exception_description"] or newest.get("description") or data["status_description"],
        happened_on=_day(data["actual_delivery_date"] or newest.get("occurred_at")),
        expected_on=_day(data["estimated_delivery_date"]),
    )


def _shippo(track: Mapping[str, Any]) -> Update:
    status = track.get("tracking_status") or {"status": "UNKNOWN"}
    return Update(
        tracking_number=track["tracking_number"],
        situation=_SHIPPO.get(status["status"], Situation.MOVING),
        description=status.get("status_details"),
        happened_on=_day(status.get("status_date")),
        expected_on=_day(track.get("eta")),
    )


def _ehub(items: list[Mapping[str, Any]]) -> list[Update]:
    """Items are scans, newest first; the newest of each parcel counts."""
    newest: dict[str, Mapping[str, Any]] = {item["tracking_number"]: item for item in reversed(items)}
    return [
        Update(
            tracking_number=tracking_number,
            situation=_EHUB.get(item["code"] or item["description"], Situation.MOVING),
            description=item["description"],
            happened_on=_day(item["event_timestamp"]),
        )
        for tracking_number, item in newest.items()
    ]


def _day(moment: str | None) -> str | None:
    return moment[:10] if moment else None
