"""`GET /v1/events/{id}/explain`: each subscription of the account, with its verdict."""

from dataclasses import replace

import pytest

from parcelhook.clock import to_text
from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPENGINE, SHIPPO
from tests.contract.dialects.customer import Customer
from tests.endpoint import answered
from tests.system import System


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    return Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)


def test_each_subscription_is_told_with_what_became_of_the_event(customer: Customer) -> None:
    retrying = customer.subscribe()
    body = {"dialect": "shippo", "event": "batch_created", "url": "https://hooks.example.com/batch"}
    other = customer.own("POST", "/v1/subscriptions", body).json["id"]
    customer.system.endpoint.answer = lambda _: answered(503)
    event_id = customer.publish()

    told = customer.own("GET", f"/v1/events/{event_id}/explain").json

    delivery = customer.delivery(retrying)
    assert (told["event_id"], told["type"], told["mode"]) == (event_id, "tracking.updated", "live")
    found = {each["subscription_id"]: each for each in told["subscriptions"]}
    assert set(found) == {retrying, other}
    assert found[retrying]["delivery_id"] == delivery.key.id
    assert (found[retrying]["verdict"], found[retrying]["reason"]) == ("retrying", "waiting_for_retry")
    assert (found[retrying]["attempt_count"], found[retrying]["last_attempt"]["status_code"]) == (1, 503)
    assert delivery.due_at
    assert found[retrying]["next_attempt_at"] == to_text(delivery.due_at)
    assert (found[other]["verdict"], found[other]["reason"]) == ("not_sent", "type_not_subscribed")
    assert (found[other]["delivery_id"], found[other]["last_attempt"], found[other]["attempt_count"]) == (None, None, 0)


def test_subscriptions_of_the_other_mode_are_left_out(cloud: Cloud) -> None:
    customer = Customer.new(System(cloud), SHIPPO, Mode.LIVE)
    own = customer.subscribe()
    sandbox = replace(customer, key=customer.system.new_key(customer.account_id, SHIPPO.style, Mode.TEST))
    body = {"dialect": "shippo", "event": "all", "url": "https://hooks.example.com/sandbox"}
    assert sandbox.own("POST", "/v1/subscriptions", body).status == 201

    told = customer.own("GET", f"/v1/events/{customer.publish()}/explain").json

    assert told["mode"] == "live"
    assert [each["subscription_id"] for each in told["subscriptions"]] == [own]


def test_event_of_somebody_else_is_not_explained(customer: Customer) -> None:
    event_id = customer.publish()
    stranger = Customer.new(customer.system, SHIPPO, Mode.LIVE)
    assert stranger.own("GET", f"/v1/events/{event_id}/explain").status == 404
