"""The `data` of ShipEngine's `API_TRACK` webhook.

Members are those of ShipEngine's webhook schema and of `tracking_information` in its OpenAPI 1.1. All are present; what
is not known is null, as in the vendor's own payloads.
"""

from collections.abc import Mapping
from typing import Any

from parcelhook.dialects.scans import oldest_first
from parcelhook.dialects.statuses import STATUSES
from parcelhook.model.event import EventData
from parcelhook.model.tracking import TrackingStatus

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
    scans = oldest_first(data.get("events", ()))[::-1]
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
    status = STATUSES[TrackingStatus(data["status"])]
    code, description = status.shipengine
    detail_code, detail_description = status.shipengine_detail or (None, None)
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
    code, description = STATUSES[TrackingStatus(scan["status"])].shipengine
    return code, scan.get("status_description", description)
