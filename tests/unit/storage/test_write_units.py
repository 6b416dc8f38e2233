"""What a write costs: a unit for each KiB that an item begins, by DynamoDB's published rule for the size of items."""

import json
from typing import Any

import pytest

from parcelhook.catalogue import sample, validate
from parcelhook.model.event import EventType
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.sizes import item_bytes
from tests.builders import attempt, delivery, delivery_key, event
from tests.cloud import Cloud

UNIT = 1024
PLACES = (
    ("Las Vegas", "NV", "89101", "Accepted at USPS Origin Facility", "accepted"),
    ("Las Vegas", "NV", "89199", "Departed USPS Regional Facility", "in_transit"),
    ("Phoenix", "AZ", "85043", "Arrived at USPS Regional Facility", "in_transit"),
    ("San Antonio", "TX", "78284", "Departed USPS Regional Facility", "in_transit"),
    ("Austin", "TX", "78710", "Arrived at Post Office", "in_transit"),
    ("Austin", "TX", "78756", "Out for Delivery", "out_for_delivery"),
)


def scans(count: int) -> list[dict[str, Any]]:
    return [
        {
            "occurred_at": f"2026-01-0{number + 1}T1{number}:35:0{number}Z",
            "carrier_occurred_at": f"2026-01-0{number + 1}T0{number}:35:0{number}",
            "description": text,
            "status": status,
            "event_code": "OF" if number == 5 else "OA",
            "city": city,
            "state": state,
            "postal_code": code,
            "country": "US",
            "latitude": 30.31 + number,
            "longitude": -97.74 - number,
        }
        for number, (city, state, code, text, status) in enumerate(PLACES[:count])
    ][::-1]


def tracking_event(count: int) -> dict[str, Any]:
    data = sample(EventType.TRACKING_UPDATED) | {"events": scans(count)}
    return validate(EventType.TRACKING_UPDATED, data)


def largest_rows(cloud: Cloud, ledger: Ledger) -> list[int]:
    return sorted(item_bytes(row) for row in cloud.rows(ledger.table))


def test_event_of_2_kb_and_its_delivery_cost_two_write_units(ledger: Ledger, cloud: Cloud) -> None:
    data = tracking_event(4)
    assert 2000 <= len(json.dumps(data, separators=(",", ":")).encode()) <= 2800
    happened = event(data=data, client_id="order-000123-tracking-update-7")
    key = delivery_key(event_ulid=happened.ulid, subscription_id="se-abcdefghij1234")
    url = "https://hooks.shop.example.com/webhooks/shipengine/tracking?token=0123456789abcdef0123456789abcdef"
    done = delivery(key=key, event_id=happened.id, url=url).delivered(
        attempt(response_body='{"received":true,"id":"0b2f6f0c-6f0e-4d55-9a5c-0d2d6f1f3a11"}')
    )
    ledger.record([EventRecord(event=happened, subscription_ids=(key.subscription_id,))], [done])
    sizes = largest_rows(cloud, ledger)
    assert len(sizes) == 2
    assert all(each <= UNIT for each in sizes), sizes


@pytest.mark.parametrize("event_type", [each for each in EventType if each is not EventType.SALES_ORDERS_IMPORTED])
def test_sample_of_every_type_but_orders_fits_one_write_unit(
    ledger: Ledger, cloud: Cloud, event_type: EventType
) -> None:
    ledger.record([EventRecord(event=event(type=event_type), subscription_ids=("se-abcdefghij1234",))], [])
    assert all(each <= UNIT for each in largest_rows(cloud, ledger))


def test_size_rule_counts_as_aws_explains_it() -> None:
    item: dict[str, dict[str, Any]] = {
        "name": {"S": "Zoë"},
        "n": {"N": "-123"},
        "l": {"L": [{"BOOL": True}]},
        "b": {"B": b"12"},
    }
    assert item_bytes(item) == (4 + 4) + (1 + 4) + (1 + 3 + 2) + (1 + 2)
