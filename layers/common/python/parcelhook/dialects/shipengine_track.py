"""The `data` of ShipEngine's `API_TRACK` webhook.

Members are those of ShipEngine's webhook schema and of `tracking_information` in its OpenAPI 1.1. All are present; what
is not known is null, as in the vendor's own payloads.
"""

from collections.abc import Mapping
from typing import Any

from parcelhook.model.event import EventData
from parcelhook.model.tracking import TrackingStatus

Code = tuple[str, str]
"""ShipEngine's `status_code` and its `status_description`."""

# The six of the webhooks guide, NY of the help pages, SP of the OpenAPI document.
_IN_TRANSIT: Code = ("IT", "In Transit")
_EXCEPTION: Code = ("EX", "Exception")
STATUS_CODES: Mapping[TrackingStatus, Code] = {
    TrackingStatus.NOT_YET_IN_SYSTEM: ("NY", "Not Yet In System"),
    TrackingStatus.ACCEPTED: ("AC", "Accepted"),
    TrackingStatus.IN_TRANSIT: _IN_TRANSIT,
    TrackingStatus.OUT_FOR_DELIVERY: _IN_TRANSIT,
    TrackingStatus.ATTEMPTED: ("AT", "Delivery Attempt"),
    TrackingStatus.DELIVERED: ("DE", "Delivered"),
    TrackingStatus.DELIVERED_TO_COLLECTION_LOCATION: ("SP", "Delivered To Collection Location"),
    TrackingStatus.EXCEPTION: _EXCEPTION,
    TrackingStatus.RETURNED: _EXCEPTION,
    TrackingStatus.UNKNOWN: ("UN", "Unknown"),
}

# Statuses finer than the eight codes are told by `status_detail_code` where the publisher gave none.
_DETAIL_CODES = {
    TrackingStatus.OUT_FOR_DELIVERY: ("OUT_FOR_DELIVERY", "Out for delivery"),
    TrackingStatus.RETURNED: ("RETURN", "Returned to the sender"),
}

_SAME_NAME = (
    "carrier_detail_code",
    "carrier_status_code",
    "carrier_status_description",
    "ship_date",
    "estimated_delivery_date",
    "actual_delivery_date",
    "exception_description",
)


def track_data(data: EventData) -> dict[str, Any]:
    """Canonical tracking data as ShipEngine tells it, scan events newest first."""
    scans = sorted(data.get("events", ()), key=lambda scan: str(scan["occurred_at"]), reverse=True)
    return {
        "label_url": data.get("label_url"),
        "tracking_number": data["tracking_number"],
        "tracking_url": data.get("tracking_url"),
        "carrier_code": data["carrier"],
        "carrier_id": data.get("carrier_id"),
        **_status(data),
        **{name: data.get(name) for name in _SAME_NAME},
        "events": [_scan(scan) for scan in scans],
    }


def _status(data: Mapping[str, Any]) -> dict[str, Any]:
    status = TrackingStatus(data["status"])
    code, description = STATUS_CODES[status]
    detail_code, detail_description = _DETAIL_CODES.get(status, (None, None))
    return {
        "status_code": code,
        "status_description": data.get("status_description", description),
        "status_detail_code": data.get("status_detail_code", detail_code),
        "status_detail_description": data.get("status_detail_description", detail_description),
    }


def _scan(scan: Mapping[str, Any]) -> dict[str, Any]:
    code, description = _scan_status(scan)
    return {
        "occurred_at": scan["occurred_at"],
        "carrier_occurred_at": scan.get("carrier_occurred_at"),
        "description": scan.get("description"),
        "city_locality": scan.get("city", ""),
        "state_province": scan.get("state", ""),
        "postal_code": scan.get("postal_code", ""),
        "country_code": scan.get("country", ""),
        "company_name": scan.get("company_name", ""),
        "signer": scan.get("signer", ""),
        "event_code": scan.get("event_code"),
        "event_description": scan.get("event_description"),
        "carrier_detail_code": scan.get("carrier_detail_code"),
        "status_code": code,
        "status_description": description,
        "carrier_status_code": scan.get("carrier_status_code"),
        "carrier_status_description": scan.get("carrier_status_description"),
        "latitude": scan.get("latitude"),
        "longitude": scan.get("longitude"),
    }


def _scan_status(scan: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if "status" not in scan:
        return None, scan.get("status_description")
    code, description = STATUS_CODES[TrackingStatus(scan["status"])]
    return code, scan.get("status_description", description)
