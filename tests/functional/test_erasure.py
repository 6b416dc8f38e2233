"""`DELETE /v1/events/{id}/data`: what an event told is gone, whoever had it in hand, and a tombstone stays."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parcelhook.clock import to_text
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.messages import decode
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DATA_ERASED, DeliveryState
from parcelhook.model.response import EndpointResponse
from parcelhook.storage.compression import decompress
from tests.cloud import Cloud
from tests.contract.dialects.cases import EHUB, SHIPENGINE, SHIPPO
from tests.contract.dialects.customer import Customer
from tests.fakes import throttled
from tests.system import System, answered

PERSON = "Left with Ms Miller"
NUMBER = "9205590164917312751089"
SCAN = {"occurred_at": "2026-01-02T10:00:00Z", "status": "delivered", "description": PERSON}
UPDATE = {"carrier": "usps", "tracking_number": NUMBER, "status": "delivered", "events": [SCAN]}
# For as long as a worker may have an event in hand that was accepted at this moment, and a little more.
IN_HAND_SECONDS = 400


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    """Whose endpoints answer what they were sent."""
    customer = Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)
    customer.system.retries.holds_back = True
    answers(customer, 200)
    return customer


def answers(customer: Customer, status_code: int, meanwhile: Callable[[], object] = lambda: None) -> None:
    def answer(post: Post) -> EndpointResponse:
        meanwhile()
        return EndpointResponse(status_code=status_code, body=post.body)

    customer.system.endpoint.answer = answer


def publish(customer: Customer, event_type: str = "tracking.updated", data: Any = UPDATE, **members: Any) -> str:
    answer = customer.own("POST", "/v1/events", {"type": event_type, "data": data} | members)
    assert answer.status == 202, answer.text
    return str(answer.json["id"])


def published(customer: Customer) -> str:
    """An event that is dispatched."""
    event_id = publish(customer)
    assert not customer.system.dispatch()
    return event_id


def erase(customer: Customer, event_id: str) -> None:
    answer = customer.own("DELETE", f"/v1/events/{event_id}/data")
    assert (answer.status, answer.text) == (204, "")


def pass_time(customer: Customer, seconds: float = IN_HAND_SECONDS) -> None:
    """Until all that was in hand has been written, and the data is erased once more."""
    customer.system.clock.forward(seconds=seconds)
    assert not customer.system.dispatch()


def posts(customer: Customer) -> int:
    return len(customer.system.endpoint.posts)


def told(customer: Customer, event_id: str) -> Any:
    answer = customer.own("GET", f"/v1/events/{event_id}")
    assert answer.status == 200, answer.text
    return answer.json


def stored(customer: Customer) -> str:
    """All that the ledger has of the customer's, legible."""
    client, name = customer.system.ledger.table.client, customer.system.ledger.table.name
    items = client.scan(TableName=name)["Items"]
    own = [item for item in items if customer.account_id in item["pk"]["S"]]
    packed = [attribute["B"] for item in own for key, attribute in item.items() if "B" in attribute and key != "mark"]
    return json.dumps([[decompress(bytes(each)) for each in packed], repr(own)])


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


def test_what_waits_is_given_up_and_never_sent(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    answers(customer, 500)
    event_id = published(customer)
    before = posts(customer)

    erase(customer, event_id)
    answers(customer, 200)
    customer.system.run_out()

    delivery = customer.delivery(subscription_id)
    assert (delivery.state, delivery.reason, posts(customer)) == (DeliveryState.DISCARDED, DATA_ERASED, before)
    explained = customer.own("GET", f"/v1/events/{event_id}/explain").json["subscriptions"][0]
    assert (explained["verdict"], explained["reason"]) == ("discarded", "data_erased")


def test_what_is_held_is_given_up(cloud: Cloud) -> None:
    customer = Customer.new(System(cloud), EHUB, Mode.LIVE)
    answers(customer, 500)
    subscription_id = customer.subscribe()
    event_id = [published(customer) for _ in range(6)][-1]
    path = f"/v1/deliveries/dlv_{event_id.removeprefix('evt_')}_{subscription_id}"
    assert customer.own("GET", path).json["state"] == "held"

    erase(customer, event_id)

    delivery = customer.own("GET", path).json
    assert (delivery["state"], delivery["reason"]) == ("discarded", DATA_ERASED)


def test_manual_retry_is_refused_afterwards_and_not_made_where_it_was_asked_for_before(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    event_id = published(customer)
    path = f"/v1/deliveries/{customer.delivery(subscription_id).key.id}/retry"
    assert customer.own("POST", path).status == 202
    before = posts(customer)

    erase(customer, event_id)
    assert not customer.system.dispatch()

    refused = customer.own("POST", path)
    assert (refused.status, posts(customer)) == (409, before)
    assert "erased" in refused.json["detail"]


def test_recovery_passes_it_over(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    erase(customer, published(customer))
    customer.system.clock.forward(seconds=1)
    before = posts(customer)

    wanted = {"since": "2026-01-01T00:00:00Z", "states": ["delivered", "discarded"]}
    assert customer.own("POST", f"/v1/subscriptions/{subscription_id}/recover", wanted).status == 202
    pass_time(customer)
    customer.system.run_out()

    assert posts(customer) == before
    assert customer.delivery(subscription_id).state is DeliveryState.DELIVERED


def test_message_that_comes_again_is_not_sent_to_those_who_had_not_got_it(customer: Customer) -> None:
    customer.subscribe()
    event_id = publish(customer)
    text = customer.system.events.texts[0]
    assert not customer.system.dispatch()
    late = {"dialect": "shippo", "event": "track_updated", "url": "https://hooks.example.com/late"}
    assert customer.own("POST", "/v1/subscriptions", late).status == 201
    before = posts(customer)

    erase(customer, event_id)
    again = ReceivedMessage(id="again", message=decode(text), receive_count=2)
    assert not customer.system.dispatch_messages([again])

    assert (posts(customer), told(customer, event_id)["data"]) == (before, None)
    assert PERSON not in stored(customer)


def test_worker_with_the_event_in_hand_writes_it_back_for_some_minutes_at_most(customer: Customer) -> None:
    customer.subscribe()
    event_id = publish(customer)
    text = customer.system.events.texts[0]
    assert not customer.system.dispatch()
    answers(customer, 200, meanwhile=lambda: erase(customer, event_id))

    twin = ReceivedMessage(id="twin", message=decode(text))
    assert not customer.system.dispatch_messages([twin])
    assert told(customer, event_id)["data"] is not None
    erased_at = to_text(customer.system.clock.now())
    pass_time(customer)

    after = told(customer, event_id)
    assert (after["data"], after["erased_at"]) == (None, erased_at)
    assert PERSON not in stored(customer)


def test_retry_in_hand_is_recorded_and_then_given_up(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    answers(customer, 500)
    event_id = published(customer)
    answers(customer, 500, meanwhile=lambda: erase(customer, event_id))
    customer.system.next_bucket()
    revived = customer.delivery(subscription_id)
    assert (revived.state, len(revived.attempts)) == (DeliveryState.RETRYING, 2)
    before = posts(customer)

    pass_time(customer)
    customer.system.run_out()

    delivery = customer.delivery(subscription_id)
    assert (delivery.state, delivery.reason, len(delivery.attempts)) == (DeliveryState.DISCARDED, DATA_ERASED, 2)
    assert posts(customer) == before
    assert PERSON not in stored(customer)


def test_event_that_is_not_dispatched_yet_is_not_sent_by_a_late_message(customer: Customer) -> None:
    customer.subscribe()
    event_id = publish(customer, id="mine")

    erase(customer, event_id)
    assert customer.own("GET", f"/v1/events/{event_id}").status == 404
    pass_time(customer)

    after = told(customer, event_id)
    assert (posts(customer), after["type"], after["data"], after["deliveries"]) == (0, "tracking.updated", None, [])
    assert PERSON not in stored(customer)


def test_event_that_is_dispatched_just_then_is_erased_soon_after(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    event_id = publish(customer, id="mine")

    erase(customer, event_id)
    assert not customer.system.dispatch()
    assert posts(customer) == 1
    pass_time(customer)

    assert told(customer, event_id)["data"] is None
    assert customer.delivery(subscription_id).state is DeliveryState.DELIVERED
    assert PERSON not in stored(customer)


def test_manual_retry_in_hand_when_it_is_erased_at_last_is_erased_after_that(customer: Customer) -> None:
    """The event was dispatched after its data was to be erased, so that its retry finds nothing erased yet."""
    subscription_id = customer.subscribe()
    answers(customer, 500)
    event_id = publish(customer, id="mine")
    erase(customer, event_id)
    assert not customer.system.dispatch()
    ((_, message),) = customer.system.retries.delayed
    handed_back: set[str] = set()

    def erase_at_last() -> None:
        planner = customer.system.engine.planner
        plan = planner.begin()
        planner.add(plan, ReceivedMessage(id="erase", message=decode(message)))
        handed_back.update(plan.failed)

    retry = f"/v1/deliveries/{customer.delivery(subscription_id).key.id}/retry"
    assert customer.own("POST", retry).status == 202
    answers(customer, 500, meanwhile=erase_at_last)
    assert not customer.system.dispatch()
    assert handed_back == {"erase"}
    assert PERSON in stored(customer)

    pass_time(customer)

    assert customer.delivery(subscription_id).state is DeliveryState.DISCARDED
    assert PERSON not in stored(customer)


def test_message_of_an_erased_event_comes_again_while_a_worker_has_a_delivery_in_hand(
    customer: Customer,
) -> None:
    subscription_id = customer.subscribe()
    event_id = publish(customer)
    text = customer.system.events.texts[0]
    assert not customer.system.dispatch()
    retry = f"/v1/deliveries/{customer.delivery(subscription_id).key.id}/retry"
    assert customer.own("POST", retry).status == 202
    handed_back: set[str] = set()

    def erase_and_receive_again() -> None:
        erase(customer, event_id)
        again = ReceivedMessage(id="again", message=decode(text), receive_count=2)
        plan = customer.system.engine.planner.begin()
        customer.system.engine.planner.add(plan, again)
        handed_back.update(plan.failed)

    answers(customer, 200, meanwhile=erase_and_receive_again)
    assert not customer.system.dispatch()
    assert handed_back == {"again"}

    pass_time(customer)
    assert not customer.system.dispatch_messages([ReceivedMessage(id="2", message=decode(text), receive_count=3)])
    assert PERSON not in stored(customer)


def test_erasing_twice_is_erasing_once(customer: Customer) -> None:
    event_id = published(customer)
    erase(customer, event_id)
    first = told(customer, event_id)
    customer.system.clock.forward(hours=1)

    erase(customer, event_id)
    pass_time(customer)

    assert told(customer, event_id) == first


def test_event_that_is_published_again_stays_erased(customer: Customer) -> None:
    customer.subscribe()
    event_id = publish(customer, id="mine")
    customer.system.dispatch()
    erase(customer, event_id)
    before = posts(customer)

    publish(customer, id="mine")
    pass_time(customer)

    assert (posts(customer), told(customer, event_id)["data"]) == (before, None)


@pytest.mark.parametrize(
    ("operation", "already"),
    [("put_item", 0), ("batch_get_item", 1), ("update_item", 0), ("batch_get_item", 2), ("put_item", 1)],
    ids=["the mark", "reading it", "the tombstone", "reading a delivery", "giving it up"],
)
def test_whatever_dies_on_the_way_the_message_does_the_rest(customer: Customer, operation: str, already: int) -> None:
    subscription_id = customer.subscribe()
    answers(customer, 500)
    event_id = published(customer)
    fail_after(customer, operation, already)

    assert customer.own("DELETE", f"/v1/events/{event_id}/data").status == 503
    pass_time(customer)

    assert told(customer, event_id)["data"] is None
    assert customer.delivery(subscription_id).state is DeliveryState.DISCARDED
    assert PERSON not in stored(customer)


def fail_after(customer: Customer, operation: str, already: int) -> None:
    """Has the ledger refuse one call of `operation`, after so many."""
    client, count = customer.system.ledger.table.client, iter(range(already))
    method = getattr(client, operation)

    def call(**parameters: Any) -> Any:
        if next(count, None) is None:
            delattr(client, operation)
            raise throttled(operation)
        return method(**parameters)

    setattr(client, operation, call)


def test_registered_tracking_number_forgets_what_the_event_told(cloud: Cloud) -> None:
    shippo = Customer.new(System(cloud), SHIPPO, Mode.LIVE)
    register = {"carrier": "usps", "tracking_number": NUMBER}
    assert shippo.system.call("POST", "/tracks", SHIPPO.headers(shippo.key), register).status == 200
    event_id = published(shippo)
    assert PERSON in track(shippo)

    erase(shippo, event_id)

    assert PERSON not in track(shippo)
    assert PERSON not in stored(shippo)


def test_registered_tracking_number_keeps_what_a_newer_event_told(cloud: Cloud) -> None:
    shippo = Customer.new(System(cloud), SHIPPO, Mode.LIVE)
    register = {"carrier": "usps", "tracking_number": NUMBER}
    assert shippo.system.call("POST", "/tracks", SHIPPO.headers(shippo.key), register).status == 200
    older = published(shippo)
    shippo.system.clock.forward(seconds=1)
    newer = UPDATE | {"events": [SCAN | {"description": "Signed for"}]}
    publish(shippo, data=newer)

    erase(shippo, older)

    assert "Signed for" in track(shippo)


def test_number_of_a_bought_label_forgets_what_the_transaction_told(cloud: Cloud) -> None:
    shippo = Customer.new(System(cloud), SHIPPO, Mode.LIVE)
    label = {"object_id": "915d", "status": "SUCCESS", "tracking_number": NUMBER, "rate": {"provider": "USPS"}}
    event_id = publish(shippo, "transaction.created", label | {"metadata": PERSON})
    shippo.system.dispatch()
    assert PERSON in track(shippo)

    erase(shippo, event_id)

    assert PERSON not in track(shippo)
    assert PERSON not in stored(shippo)


def track(customer: Customer) -> str:
    return customer.system.call("GET", f"/tracks/usps/{NUMBER}", SHIPPO.headers(customer.key)).text


def test_deliveries_are_not_found_by_a_number_that_was_erased(customer: Customer) -> None:
    customer.subscribe()
    event_id = published(customer)
    path = f"/v1/deliveries?tracking_number={NUMBER}"
    assert len(customer.own("GET", path).json["deliveries"]) == 1

    erase(customer, event_id)

    assert customer.own("GET", path).json["deliveries"] == []


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
