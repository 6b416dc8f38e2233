"""The `payload` of eHub's webhooks: items as its page on webhook subscriptions shows them."""

from collections.abc import Mapping
from typing import Any

from parcelhook.clock import from_text, to_text
from parcelhook.dialects.scans import oldest_first
from parcelhook.dialects.statuses import STATUSES
from parcelhook.model.event import Event
from parcelhook.model.tracking import TrackingStatus

_PAYMENT_MEMBERS = (
    "payment_method_id",
    "payment_transaction_id",
    "gateway_txn_reference",
    "transaction_time",
    "amount",
    "type",
    "status",
)


def tracking_items(event: Event) -> list[dict[str, Any]]:
    """An item for each scan, newest first; for an update without scans one that tells the status itself."""
    data = event.data
    scans = oldest_first(data.get("events", ()))[::-1]
    return [_item(data, scan) for scan in scans] or [_item(data, _status_as_scan(event))]


def payment_items(event: Event) -> list[dict[str, Any]]:
    """The one payment that the event is about."""
    item = {name: event.data.get(name) for name in _PAYMENT_MEMBERS}
    moment = event.data.get("transaction_time")
    return [item | {"transaction_time": _milliseconds(moment) if moment else to_text(event.occurred_at)}]


def _item(data: Mapping[str, Any], scan: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "shipment_id": _number(data.get("shipment_id")),
        "tracking_number": data["tracking_number"],
        "tracking_event_id": scan.get("tracking_event_id"),
        "parcel_id": _number(data.get("parcel_id")),
        "code": _code(scan),
        "secondary_code": scan.get("secondary_code"),
        "description": _description(scan),
        "event_timestamp": _milliseconds(scan["occurred_at"]),
        "city": scan.get("city"),
        "state": scan.get("state"),
        "postal_code": scan.get("postal_code"),
        "country": scan.get("country"),
    }


def _code(scan: Mapping[str, Any]) -> str | None:
    given = scan.get("event_code") or scan.get("carrier_status_code")
    status = scan.get("status")
    return given or (STATUSES[TrackingStatus(status)].ehub if status else None)


def _description(scan: Mapping[str, Any]) -> str | None:
    names = ("description", "event_description", "carrier_status_description", "status_description")
    given = next((scan[name] for name in names if name in scan), None)
    return given or (scan["status"].replace("_", " ").capitalize() if "status" in scan else None)


def _status_as_scan(event: Event) -> dict[str, Any]:
    names = ("status", "status_description", "carrier_status_code", "carrier_status_description")
    return {name: event.data[name] for name in names if name in event.data} | {
        "occurred_at": to_text(event.occurred_at)
    }


def _number(text: str | None) -> int | str | None:
    """Ids that the vendor writes as numbers are numbers again."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) <= 15 else text


def _milliseconds(moment: str) -> str:
    return to_text(from_text(moment))
