"""`DELETE /v1/events/{id}/data`: what an event told is gone, a tombstone stays, and all else is as it was."""

from dataclasses import replace

import pytest

from parcelhook.clock import to_text
from parcelhook.model.account import Mode
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.endpoint import answered
from tests.functional.erasure.erasing import (
    NUMBER,
    PERSON,
    UPDATE,
    erase,
    pass_time,
    posts,
    publish,
    published,
    stored,
    told,
)


def test_tombstone_says_all_but_what_was_told(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    event_id = published(customer)
    before = told(customer, event_id)
    assert PERSON in stored(customer)
    customer.system.clock.forward(seconds=10)

    erase(customer, event_id)

    after = told(customer, event_id)
    assert (before["data"]["events"][0]["description"], before["erased_at"]) == (PERSON, None)
    assert (after["data"], after["erased_at"]) == (None, to_text(customer.system.clock.now()))
    kept = ("id", "type", "mode", "accepted_at", "occurred_at")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert [each["subscription_id"] for each in after["deliveries"]] == [subscription_id]
    assert [each["data"] for each in customer.own("GET", "/v1/events").json["events"]] == [None]
    assert PERSON not in stored(customer)
    assert NUMBER not in stored(customer)


def test_delivery_keeps_when_it_was_tried_and_with_what_status(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    event_id = published(customer)
    path = f"/v1/deliveries/{customer.delivery(subscription_id).key.id}"
    (before,) = customer.own("GET", path).json["attempts"]
    assert PERSON in before["response_body"]

    erase(customer, event_id)

    shown = customer.own("GET", path).json
    assert (shown["state"], shown["request"], shown["tracking_number"]) == ("delivered", None, None)
    assert shown["attempts"] == [before | {"response_body": None, "message": None}]


def test_erasing_twice_is_erasing_once(customer: Customer) -> None:
    event_id = published(customer)
    erase(customer, event_id)
    first = told(customer, event_id)
    customer.system.clock.forward(hours=1)

    erase(customer, event_id)
    pass_time(customer)

    assert told(customer, event_id) == first


def test_event_of_another_account_or_mode_is_left_alone(customer: Customer) -> None:
    customer.subscribe()
    event_id, own_id = published(customer), publish(customer, id="mine")
    system = customer.system
    system.dispatch()
    sandbox = replace(customer, key=system.new_key(customer.account_id, SHIPENGINE.style, Mode.TEST))
    for stranger in (Customer.new(system, SHIPENGINE, Mode.LIVE), sandbox):
        for wanted in (event_id, own_id):
            assert stranger.own("DELETE", f"/v1/events/{wanted}/data").status == 404
    pass_time(customer)

    assert told(customer, event_id)["data"] == told(customer, own_id)["data"] == UPDATE


@pytest.mark.parametrize("event_id", ["evt_01KDZ000000000000000000000", "evt_nonsense", "mine", "x" * 65])
def test_event_that_there_is_not_cannot_be_erased(customer: Customer, event_id: str) -> None:
    answer = customer.own("DELETE", f"/v1/events/{event_id}/data")
    assert (answer.status, answer.json["title"]) == (404, "Not found")
    assert not customer.system.retries.delayed


def test_what_has_nothing_to_do_with_the_event_is_as_it_was(customer: Customer) -> None:
    customer.subscribe()
    other, event_id = published(customer), published(customer)
    before = told(customer, other)

    erase(customer, event_id)
    pass_time(customer)

    assert told(customer, other) == before
    customer.system.endpoint.answer = lambda _: answered(200)
    published(customer)
    assert posts(customer) == 3
