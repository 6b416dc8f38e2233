"""What Shippo's subscribers get, to the byte: a fixture for each event type, canonical in, body and headers out."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from parcelhook.catalogue import validate
from parcelhook.clock import from_text
from parcelhook.delivery.sender import Post
from parcelhook.dialects.base import covered_types
from parcelhook.dialects.shippo import Shippo
from parcelhook.model.account import Mode
from parcelhook.model.delivery import RetryPolicy
from parcelhook.model.event import EventType
from tests import builders
from tests.unit.dialects.rendering import rendered

VECTORS = Path(__file__).parents[2] / "vectors" / "shippo"
SHIPPO = Shippo(retry_policy=RetryPolicy(attempts=3, interval=timedelta(hours=2)))
EACH = pytest.mark.parametrize("event_type", covered_types(SHIPPO))


def vector(event_type: EventType) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VECTORS / f"{event_type}.json").read_text(encoding="utf-8"))
    return content


def post(told: dict[str, Any]) -> Post:
    """The delivery that a vector is about."""
    event = told["event"]
    subscription = builders.subscription(
        id=told["subscription_id"],
        dialect="shippo",
        event_name="all",
        event_types=covered_types(SHIPPO),
        mode=Mode(event["mode"]),
    )
    return rendered(SHIPPO, subscription, event, from_text(told["now"]))


@EACH
def test_delivery_is_exactly_as_pinned(event_type: EventType) -> None:
    told = vector(event_type)
    sent = post(told)
    assert sent.body.decode() == told["body"]
    assert dict(sent.headers) == told["headers"]


@EACH
def test_vector_starts_from_canonical_data(event_type: EventType) -> None:
    event = vector(event_type)["event"]
    assert event["type"] == event_type
    assert validate(event_type, event["data"]) == event["data"]


def test_there_is_a_vector_for_every_type_and_no_other() -> None:
    assert {path.stem for path in VECTORS.iterdir()} == {str(each) for each in covered_types(SHIPPO)}
