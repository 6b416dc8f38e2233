"""ShipEngine's dialect: to the byte, and as its documents say."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from parcelhook.catalogue import sample, validate
from parcelhook.clock import from_text
from parcelhook.delivery.sender import Post
from parcelhook.dialects.base import covered_types
from parcelhook.dialects.shipengine import ShipEngine
from parcelhook.errors import AttemptTimeoutError, BadResponseError
from parcelhook.ids import Ids
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import EventType
from parcelhook.model.response import EndpointResponse
from parcelhook.model.tracking import TrackingStatus
from tests import builders
from tests.fakes import START, CountedBytes
from tests.unit.delivery.fakes import rsa_signer
from tests.unit.dialects.rendering import rendered
from tests.unit.security.test_signing import verify

VECTORS = Path(__file__).parents[2] / "vectors" / "shipengine"
SHIPENGINE = ShipEngine(
    resource_base_url="https://api.shipengine.com",
    retry_policy=RetryPolicy(attempts=3, interval=timedelta(hours=2)),
)
EACH = pytest.mark.parametrize("event_type", covered_types(SHIPENGINE))
TRACKING = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}


def vector(event_type: EventType) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VECTORS / f"{event_type}.json").read_text(encoding="utf-8"))
    return content


def post(told: dict[str, Any]) -> Post:
    subscription = builders.subscription(id=told["subscription_id"])
    return rendered(SHIPENGINE, subscription, told["event"], from_text(told["now"]))


def envelope(event_type: EventType, data: dict[str, Any], dialect: ShipEngine = SHIPENGINE) -> Any:
    event = builders.event(type=event_type, data=validate(event_type, data))
    return json.loads(dialect.body(event, builders.subscription()).content)


def track(**members: Any) -> Any:
    return envelope(EventType.TRACKING_UPDATED, TRACKING | members)["data"]


@EACH
def test_pinned_signature_is_one_that_listeners_accept(event_type: EventType) -> None:
    told = vector(event_type)
    headers = told["headers"]
    assert headers["x-shipengine-rsa-sha256-key-id"] == rsa_signer().jwk["kid"]
    signed = f"{headers['x-shipengine-timestamp']}.{told['body']}".encode()
    verify(rsa_signer().jwk, headers["x-shipengine-rsa-sha256-signature"], signed)


@EACH
def test_headers_are_those_that_listeners_insist_on(event_type: EventType) -> None:
    headers = post(vector(event_type)).headers
    assert headers["user-agent"] == "ShipEngine/v1"
    assert headers["content-type"] == "application/json"
    assert headers["x-shipengine-timestamp"] == "2026-01-05T14:12:30Z"


@pytest.mark.parametrize(
    ("event_name", "event_type", "resource_type"),
    [
        ("batch", EventType.BATCH_COMPLETED, "API_BATCH"),
        ("carrier_connected", EventType.CARRIER_CONNECTED, "API_CARRIER_CONNECTED"),
        ("order_source_refresh_complete", EventType.ORDER_SOURCE_REFRESHED, "API_ORDER_SOURCE_REFRESH_COMPLETE"),
        ("rate", EventType.RATES_UPDATED, "API_RATE"),
        ("report_complete", EventType.REPORT_COMPLETED, "API_REPORT_COMPLETE"),
        ("sales_orders_imported", EventType.SALES_ORDERS_IMPORTED, "API_SALES_ORDERS_IMPORTED"),
        ("track", EventType.TRACKING_UPDATED, "API_TRACK"),
    ],
)
def test_each_event_has_its_resource_type(event_name: str, event_type: EventType, resource_type: str) -> None:
    assert SHIPENGINE.event_names[event_name] == (event_type,)
    assert envelope(event_type, sample(event_type))["resource_type"] == resource_type
    assert len(SHIPENGINE.event_names) == 7


@pytest.mark.parametrize(
    ("event_type", "data", "expected"),
    [
        (
            EventType.RATES_UPDATED,
            {"shipment_id": "se-2120221"},
            {
                "resource_url": "https://api.shipengine.com/v1/shipments/se-2120221/rates",
                "resource_type": "API_RATE",
            },
        ),
        (
            EventType.BATCH_COMPLETED,
            {"batch_id": "se-1013119"},
            {"resource_url": "https://api.shipengine.com/v1/batches/se-1013119", "resource_type": "API_BATCH"},
        ),
        (
            EventType.CARRIER_CONNECTED,
            {"carrier_id": "se-1234"},
            {
                "resource_url": "https://api.shipengine.com/v1/carriers/se-1234",
                "resource_type": "API_CARRIER_CONNECTED",
            },
        ),
    ],
)
def test_envelope_is_the_one_of_the_webhooks_guide(
    event_type: EventType, data: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert envelope(event_type, data) == expected


def test_tracking_resource_carries_carrier_and_number() -> None:
    odd = {"tracking_number": "a b&c", "carrier": "dhl_express", "status": "unknown"}
    assert envelope(EventType.TRACKING_UPDATED, odd)["resource_url"] == (
        "https://api.shipengine.com/v1/tracking?carrier_code=dhl_express&tracking_number=a+b%26c"
    )


def test_id_in_a_path_cannot_leave_it() -> None:
    url = envelope(EventType.BATCH_COMPLETED, {"batch_id": "../x?y#z"})["resource_url"]
    assert url == "https://api.shipengine.com/v1/batches/..%2Fx%3Fy%23z"


def test_resource_url_of_the_publisher_is_kept() -> None:
    url = "https://own.example.com/batches/1"
    assert envelope(EventType.BATCH_COMPLETED, {"batch_id": "1", "resource_url": url})["resource_url"] == url


def test_resource_base_url_is_a_setting() -> None:
    other = ShipEngine(resource_base_url="https://own.example.com/", retry_policy=SHIPENGINE.retry_policy)
    url = envelope(EventType.BATCH_COMPLETED, {"batch_id": "1"}, other)["resource_url"]
    assert url == "https://own.example.com/v1/batches/1"


@pytest.mark.parametrize(
    ("status", "code", "description"),
    [
        (TrackingStatus.NOT_YET_IN_SYSTEM, "NY", "Not Yet In System"),
        (TrackingStatus.ACCEPTED, "AC", "Accepted"),
        (TrackingStatus.IN_TRANSIT, "IT", "In Transit"),
        (TrackingStatus.OUT_FOR_DELIVERY, "IT", "In Transit"),
        (TrackingStatus.ATTEMPTED, "AT", "Delivery Attempt"),
        (TrackingStatus.DELIVERED, "DE", "Delivered"),
        (TrackingStatus.DELIVERED_TO_COLLECTION_LOCATION, "SP", "Delivered To Collection Location"),
        (TrackingStatus.EXCEPTION, "EX", "Exception"),
        (TrackingStatus.RETURNED, "EX", "Exception"),
        (TrackingStatus.UNKNOWN, "UN", "Unknown"),
    ],
)
def test_status_has_a_code_of_shipengines(status: TrackingStatus, code: str, description: str) -> None:
    data = track(status=status, events=[{"occurred_at": "2026-01-02T20:00:00Z", "status": status}])
    assert (data["status_code"], data["status_description"]) == (code, description)
    assert (data["events"][0]["status_code"], data["events"][0]["status_description"]) == (code, description)


def test_every_status_is_in_the_table() -> None:
    assert {track(status=status)["status_code"] for status in TrackingStatus} == {
        "NY",
        "AC",
        "IT",
        "AT",
        "DE",
        "SP",
        "EX",
        "UN",
    }


def test_codes_of_shipengines_come_out_as_they_went_in() -> None:
    for code in ("NY", "AC", "IT", "AT", "DE", "SP", "EX", "UN"):
        assert track(status=code)["status_code"] == code


def test_finer_statuses_are_told_by_their_detail_code() -> None:
    assert track(status="out_for_delivery")["status_detail_code"] == "OUT_FOR_DELIVERY"
    assert track(status="returned")["status_detail_code"] == "RETURN"
    assert track(status="out_for_delivery", status_detail_code="NEAR")["status_detail_code"] == "NEAR"


def test_smallest_tracking_update_has_all_members() -> None:
    data = track()
    assert set(data) == {
        "label_url",
        "tracking_number",
        "tracking_url",
        "carrier_code",
        "carrier_id",
        "status_code",
        "status_description",
        "status_detail_code",
        "status_detail_description",
        "carrier_detail_code",
        "carrier_status_code",
        "carrier_status_description",
        "ship_date",
        "estimated_delivery_date",
        "actual_delivery_date",
        "exception_description",
        "events",
    }
    assert (data["tracking_number"], data["carrier_code"], data["label_url"], data["events"]) == ("1Z", "ups", None, [])


def test_scan_events_are_told_newest_first() -> None:
    moments = ["2026-01-02T16:00:00Z", "2026-01-02T16:00:00.500Z", "2026-01-02T20:00:00+05:00", "2026-01-03T00:00:00Z"]
    data = track(events=[{"occurred_at": moment} for moment in moments])
    assert [scan["occurred_at"] for scan in data["events"]] == [
        "2026-01-03T00:00:00Z",
        "2026-01-02T16:00:00.500Z",
        "2026-01-02T16:00:00Z",
        "2026-01-02T15:00:00Z",
    ]


def test_report_says_when_it_was_made() -> None:
    report = {"report_type": "shipments", "report_url": "https://reports.example.com/1.csv"}
    made_at = "2026-01-31T06:00:00Z"
    assert envelope(EventType.REPORT_COMPLETED, report | {"created_at": made_at})["data"]["created_at"] == made_at
    assert envelope(EventType.REPORT_COMPLETED, report)["data"]["created_at"] == "2026-01-02T20:00:00.000Z"


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(code: int) -> None:
    assert SHIPENGINE.outcome(EndpointResponse(status_code=code, body=b"")) is Outcome.DELIVERED


@pytest.mark.parametrize("code", [300, 301, 302, 304, 400, 401, 404, 410, 429, 500, 503, 599])
def test_any_other_answer_is_tried_again(code: int) -> None:
    assert SHIPENGINE.outcome(EndpointResponse(status_code=code, body=b"")) is Outcome.RETRY


def test_no_answer_is_tried_again() -> None:
    for error in (AttemptTimeoutError("late"), BadResponseError("not HTTP")):
        assert SHIPENGINE.outcome(error) is Outcome.RETRY


def test_ids_are_shipengines_and_no_others() -> None:
    own = SHIPENGINE.new_id(Ids(CountedBytes()))
    assert SHIPENGINE.owns_id(own)
    for other in ("se-", "SE-1", "se_1", "5519", "se-1 ", "se-1\n", "se-é", "", "se-" + "1" * 33, own.upper()):
        assert not SHIPENGINE.owns_id(other)


def test_subscribers_own_headers_are_sent_and_replace_nothing() -> None:
    told = vector(EventType.BATCH_COMPLETED)
    own = (("X-Own", "yes"), ("User-Agent", "evil"), ("Webhook-Id", "evil"))
    subscription = builders.subscription(id=told["subscription_id"], headers=own)
    headers = rendered(SHIPENGINE, subscription, told["event"], from_text(told["now"])).headers
    assert dict(headers) == told["headers"] | {"x-own": "yes"}


def test_both_secrets_sign_during_a_rotation() -> None:
    told = vector(EventType.BATCH_COMPLETED)
    now = from_text(told["now"])
    rotated = builders.subscription(
        id=told["subscription_id"], secret_version=2, previous_secret_until=now + timedelta(hours=1)
    )
    signatures = rendered(SHIPENGINE, rotated, told["event"], now).headers["webhook-signature"].split(" ")
    assert len(signatures) == 2
    assert signatures[1] == told["headers"]["webhook-signature"]
    over = builders.subscription(id=told["subscription_id"], secret_version=2, previous_secret_until=START)
    assert rendered(SHIPENGINE, over, told["event"], now).headers["webhook-signature"] == signatures[0]
