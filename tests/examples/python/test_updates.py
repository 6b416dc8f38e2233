"""The listener understands what Parcelhook really sends: the pinned vectors of each dialect, and each status."""

import json
from pathlib import Path

import pytest

from listener.updates import Situation, Update, read_updates
from parcelhook.dialects.statuses import STATUSES
from parcelhook.model.tracking import TrackingStatus

VECTORS = Path(__file__).parents[2] / "vectors"
VENDORS = ("shipengine", "shippo", "ehub")
AS_JSON = sorted(path for vendor in VENDORS for path in (VECTORS / vendor).glob("*.json") if ".xml" not in path.name)
UNDELIVERABLE = {TrackingStatus.EXCEPTION, TrackingStatus.RETURNED}
ANNOUNCED = {TrackingStatus.NOT_YET_IN_SYSTEM, TrackingStatus.UNKNOWN}


def situation_of(status: TrackingStatus) -> Situation:
    if status is TrackingStatus.DELIVERED:
        return Situation.DELIVERED
    if status in UNDELIVERABLE:
        return Situation.UNDELIVERABLE
    return Situation.ANNOUNCED if status in ANNOUNCED else Situation.MOVING


def shipengine(status: TrackingStatus) -> dict[str, object]:
    code, description = STATUSES[status].shipengine
    data: dict[str, object] = {
        "tracking_number": "1Z",
        "status_code": code,
        "status_description": description,
        "exception_description": None,
        "actual_delivery_date": None,
        "estimated_delivery_date": "2026-01-05T00:00:00Z",
        "events": [],
    }
    return {"resource_type": "API_TRACK", "data": data}


def shippo(status: TrackingStatus) -> dict[str, object]:
    track_status = {"status": STATUSES[status].shippo, "status_details": "Details."}
    return {"event": "track_updated", "data": {"tracking_number": "1Z", "tracking_status": track_status}}


def ehub(status: TrackingStatus) -> dict[str, object]:
    item = {
        "tracking_number": "1Z",
        "code": STATUSES[status].ehub,
        "description": status.value.replace("_", " ").capitalize(),
        "event_timestamp": "2026-01-05T00:00:00.000Z",
    }
    return {"subscription_type": "shipment_tracking", "payload": [item]}


WEBHOOKS = {"shipengine": shipengine, "shippo": shippo, "ehub": ehub}


@pytest.mark.parametrize("source", sorted(WEBHOOKS))
@pytest.mark.parametrize("status", list(TrackingStatus))
def test_each_status_is_understood_in_each_dialect(source: str, status: TrackingStatus) -> None:
    (update,) = read_updates(source, json.dumps(WEBHOOKS[source](status)).encode())
    assert (update.tracking_number, update.situation) == ("1Z", situation_of(status))


@pytest.mark.parametrize("path", AS_JSON, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_webhook_that_is_sent_can_be_read(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))["body"]
    updates = read_updates(path.parent.name, body.encode())
    assert bool(updates) == path.name.startswith("tracking.updated")


def test_newest_scan_of_each_parcel_counts() -> None:
    scan = {"event_timestamp": "2026-01-02T00:00:00.000Z", "description": "Out for Delivery", "code": "OF"}
    delivered = {"event_timestamp": "2026-01-03T00:00:00.000Z", "description": "Delivered", "code": "01"}
    items = [{**delivered, "tracking_number": "a"}, {**scan, "tracking_number": "a"}, {**scan, "tracking_number": "b"}]
    body = json.dumps({"subscription_type": "shipment_tracking", "payload": items}).encode()
    updates = {update.tracking_number: update for update in read_updates("ehub", body)}
    assert updates["b"].situation is Situation.MOVING
    assert updates["a"] == Update(
        tracking_number="a", situation=Situation.DELIVERED, description="Delivered", happened_on="2026-01-03"
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": "track_updated"}', b"\xff"])
def test_body_of_another_form_is_an_error(body: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_updates("shippo", body)
