"""Milestones, and dropping what is superseded: chosen by each subscription, told where they kept something back."""

from typing import Any

import pytest

from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import UPDATE, Customer
from tests.endpoint import answered
from tests.system import System


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    return Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)


def subscribed(customer: Customer, **members: Any) -> str:
    subscription_id = customer.subscribe()
    answer = customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", members)
    assert answer.status == 200, answer.text
    assert {name: answer.json[name] for name in members} == members
    return subscription_id


def publish(customer: Customer, status: str, number: str = "1Z") -> str:
    data = UPDATE | {"status": status, "tracking_number": number}
    return customer.system.publish(customer.account_id, EventType.TRACKING_UPDATED, data)


def states(customer: Customer, subscription_id: str) -> list[DeliveryState]:
    """Oldest event first."""
    return [each.state for each in reversed(customer.system.deliveries(customer.account_id, subscription_id))]


def test_only_chosen_milestones_arrive_and_the_others_are_explained(customer: Customer) -> None:
    subscription_id = subscribed(customer, milestones=["delivered", "exception"])

    kept_back = publish(customer, "in_transit")
    publish(customer, "delivered")

    assert states(customer, subscription_id) == [DeliveryState.DELIVERED]
    (told,) = customer.own("GET", f"/v1/events/{kept_back}/explain").json["subscriptions"]
    assert (told["verdict"], told["reason"]) == ("not_sent", "milestone_filter")


def test_filters_are_given_up_and_can_be_named_at_once(customer: Customer) -> None:
    body = {"dialect": "shippo", "event": "track_updated", "url": "https://hooks.example.com/all"}
    made = customer.own("POST", "/v1/subscriptions", body | {"milestones": ["returned"], "drop_superseded": True}).json
    assert (made["milestones"], made["drop_superseded"]) == (["returned"], True)

    changed = customer.own("PATCH", f"/v1/subscriptions/{made['id']}", {"milestones": None, "drop_superseded": False})

    assert (changed.json["milestones"], changed.json["drop_superseded"]) == (None, False)


@pytest.mark.parametrize(("milestones", "pointer"), [(["lost"], "/milestones/0"), ([], "/milestones")])
def test_unknown_milestone_is_refused(customer: Customer, milestones: list[str], pointer: str) -> None:
    subscription_id = customer.subscribe()
    answer = customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", {"milestones": milestones})
    assert answer.status == 422
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]


def test_subscription_without_tracking_updates_has_no_milestones(customer: Customer) -> None:
    batch: dict[str, Any] = {"dialect": "shipengine", "event": "batch", "url": "https://hooks.example.com/batch"}
    refused = customer.own("POST", "/v1/subscriptions", batch | {"milestones": ["delivered"]})
    assert customer.own("GET", "/v1/subscriptions").json["subscriptions"] == []
    made = customer.own("POST", "/v1/subscriptions", batch | {"milestones": None}).json
    change = customer.own("PATCH", f"/v1/subscriptions/{made['id']}", {"milestones": ["delivered"], "enabled": False})

    for answer in (refused, change):
        assert answer.status == 422
        assert [each["pointer"] for each in answer.json["errors"]] == ["/milestones"]
        assert "tracking updates" in answer.json["errors"][0]["detail"]
    assert customer.own("GET", f"/v1/subscriptions/{made['id']}").json == made
    assert customer.own("PATCH", f"/v1/subscriptions/{made['id']}", {"milestones": None}).status == 200


@pytest.mark.parametrize("drop_superseded", [True, False])
def test_waiting_retry_of_an_older_status_is_dropped_where_it_is_asked_for(
    customer: Customer, drop_superseded: bool
) -> None:
    system = customer.system
    subscription_id = subscribed(customer, drop_superseded=drop_superseded)
    system.endpoint.answer = lambda _: answered(500)
    publish(customer, "in_transit")
    publish(customer, "in_transit", number="another")
    system.endpoint.answer = lambda _: answered(200)
    system.clock.forward(seconds=1)
    publish(customer, "delivered")

    system.run_out()

    first = DeliveryState.DISCARDED if drop_superseded else DeliveryState.DELIVERED
    assert states(customer, subscription_id) == [first, DeliveryState.DELIVERED, DeliveryState.DELIVERED]
    oldest = system.deliveries(customer.account_id, subscription_id)[-1]
    assert oldest.reason == ("A newer update of the same tracking number was delivered." if drop_superseded else None)


def test_older_update_that_is_delivered_later_does_not_drop_a_newer_one(customer: Customer) -> None:
    system = customer.system
    subscription_id = subscribed(customer, drop_superseded=True)
    system.endpoint.answer = lambda _: answered(500)
    publish(customer, "in_transit")
    system.clock.forward(seconds=1)
    publish(customer, "delivered")
    system.endpoint.answer = lambda _: answered(200)
    older = system.deliveries(customer.account_id, subscription_id)[-1]
    assert customer.own("POST", f"/v1/deliveries/{older.key.id}/retry").status == 202
    system.dispatch()

    system.run_out()

    assert states(customer, subscription_id) == [DeliveryState.DELIVERED] * 2
