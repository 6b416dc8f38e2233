from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.dialects import build_dialects
from parcelhook.explanation import Explanation, explain
from parcelhook.model.delivery import DATA_ERASED, Delivery
from parcelhook.model.event import EventType
from parcelhook.model.milestones import Milestone
from parcelhook.model.subscription import Health
from tests import builders
from tests.fakes import START

DIALECTS = build_dialects(resource_base_url="https://api.example.com", attempts=3, interval=timedelta(hours=2))
EVENT = builders.event()
SUBSCRIPTION = builders.subscription()
DELIVERY = builders.delivery(key=builders.delivery_key(event_ulid=EVENT.ulid, subscription_id=SUBSCRIPTION.id))


def explained(delivery: Delivery | None = None, **members: Any) -> Explanation:
    """Of the only subscription."""
    deliveries = {SUBSCRIPTION.id: delivery} if delivery else {}
    (explanation,) = explain(EVENT, [replace(SUBSCRIPTION, **members)], deliveries, DIALECTS)
    return explanation


@pytest.mark.parametrize(
    ("delivery", "verdict", "reason"),
    [
        (DELIVERY, "pending", "waiting"),
        (DELIVERY.delivered(builders.attempt()), "delivered", "delivered"),
        (DELIVERY.retrying(builders.failed_attempt(), START), "retrying", "waiting_for_retry"),
        (DELIVERY.held(START), "held", "disabled_by_failures"),
        (DELIVERY.discarded("The subscription was deleted.", START), "discarded", "discarded"),
        (DELIVERY.superseded(START), "discarded", "superseded"),
        (DELIVERY.erased(START), "discarded", "data_erased"),
        (DELIVERY.deferred_by_circuit(START, START), "pending", "circuit_open"),
        (DELIVERY.set_aside(START, START), "pending", "slow"),
    ],
)
def test_delivery_tells_what_became_of_it_whatever_the_subscription_is_by_now(
    delivery: Delivery, verdict: str, reason: str
) -> None:
    explanation = explained(delivery, enabled=False)
    assert (explanation.verdict, explanation.reason, explanation.delivery) == (verdict, reason, delivery)


def test_what_waits_for_its_endpoint_says_so() -> None:
    waiting = DELIVERY.retrying(builders.failed_attempt(), START).deferred_by_circuit(START, START)
    explanation = explained(waiting)
    assert (explanation.verdict, explanation.text) == ("retrying", waiting.reason)


def test_of_an_erased_event_nobody_knows_its_milestones_but_all_else() -> None:
    tombstone, choosy = EVENT.erased(START), replace(SUBSCRIPTION, milestones=(Milestone.DELIVERED,))
    off = replace(choosy, id="se-off", enabled=False)
    explanations = explain(tombstone, [choosy, off, replace(SUBSCRIPTION, id="se-all")], {}, DIALECTS)
    assert [each.reason for each in explanations] == ["data_erased", "switched_off", "changed_since_event"]
    assert explanations[0].text.startswith(DATA_ERASED)


def test_what_was_given_up_says_why() -> None:
    explanation = explained(DELIVERY.discarded("The subscription was switched off.", START))
    assert explanation.text == "It was given up: The subscription was switched off."


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"event_types": (EventType.BATCH_CREATED,), "event_name": "batch"}, "type_not_subscribed"),
        ({"created_at": START + timedelta(seconds=1)}, "created_after_event"),
        ({"enabled": False}, "switched_off"),
        ({"dialect": "ehub", "health": Health(error_count=5)}, "disabled_by_failures"),
        ({}, "changed_since_event"),
    ],
)
def test_without_a_delivery_the_obstacle_is_named(members: dict[str, Any], reason: str) -> None:
    explanation = explained(**members)
    assert (explanation.verdict, explanation.reason, explanation.delivery) == ("not_sent", reason, None)


def test_catch_all_that_a_narrower_subscription_repeats_says_so() -> None:
    types = (EventType.TRACKING_UPDATED, EventType.BATCH_CREATED)
    catch_all = replace(SUBSCRIPTION, id="se-all", event_types=types)
    narrow = explain(EVENT, [SUBSCRIPTION, catch_all], {SUBSCRIPTION.id: DELIVERY}, DIALECTS)
    assert [each.reason for each in narrow] == ["waiting", "repeated_by_narrower_subscription"]
