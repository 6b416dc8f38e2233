"""The tracking guide's test numbers: `SHIPPO_TRANSIT` and five more of the carrier `shippo`."""

from collections.abc import Mapping
from typing import Any

from functions.api.routes.shippo.carriers import MOCK
from parcelhook.model.tracking import TrackingStatus

AT = "2026-01-05T10:00:00Z"

_LABELLED, _MOVING = TrackingStatus.NOT_YET_IN_SYSTEM, TrackingStatus.IN_TRANSIT
_WAYS: Mapping[str, tuple[TrackingStatus, ...]] = {
    "SHIPPO_PRE_TRANSIT": (_LABELLED,),
    "SHIPPO_TRANSIT": (_LABELLED, _MOVING),
    "SHIPPO_DELIVERED": (_LABELLED, _MOVING, TrackingStatus.DELIVERED),
    "SHIPPO_RETURNED": (_LABELLED, _MOVING, TrackingStatus.RETURNED),
    "SHIPPO_FAILURE": (_LABELLED, _MOVING, TrackingStatus.EXCEPTION),
    "SHIPPO_UNKNOWN": (TrackingStatus.UNKNOWN,),
}
_WORDS: Mapping[TrackingStatus, str] = {
    TrackingStatus.NOT_YET_IN_SYSTEM: "The carrier has been told of the shipment.",
    TrackingStatus.IN_TRANSIT: "The shipment has left the sender's town.",
    TrackingStatus.DELIVERED: "The shipment has been delivered.",
    TrackingStatus.RETURNED: "The shipment is on its way back to the sender.",
    TrackingStatus.EXCEPTION: "The shipment cannot be delivered.",
    TrackingStatus.UNKNOWN: "The carrier does not know the tracking number.",
}
_FROM = {"city": "San Francisco", "state": "CA", "postal_code": "94103", "country": "US"}
_TO = {"city": "Chicago", "state": "IL", "postal_code": "60611", "country": "US"}


def mock_data(number: str) -> dict[str, Any] | None:
    """Canonical data of a test number, always the same, or None for a number that is none."""
    way = _WAYS.get(number)
    if way is None:
        return None
    scans = [_scan(day, status) for day, status in enumerate(way, start=1)]
    return {
        "tracking_number": number,
        "carrier": MOCK,
        "status": way[-1].value,
        "service_level": {"token": "shippo_priority", "name": "Priority Mail"},
        "estimated_delivery_date": AT,
        "original_estimated_delivery_date": AT,
        "address_from": dict(_FROM),
        "address_to": dict(_TO),
        "events": scans[::-1],
    }


def _scan(day: int, status: TrackingStatus) -> dict[str, Any]:
    place = _TO if status is TrackingStatus.DELIVERED else _FROM
    moment = f"2026-01-{day:02}T10:00:00Z"
    return {"occurred_at": moment, "description": _WORDS[status], "status": status.value, **place}
