"""Messages that come again, however they do: what is recorded is not sent twice, what waits has its schedule."""

from dataclasses import replace
from typing import cast

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import decode
from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.endpoint import answered
from tests.fakes import ObservedClient
from tests.system import System


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    return Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)


def published(customer: Customer) -> str:
    """A message that is queued and not dispatched."""
    body = {"type": "tracking.updated", "data": {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}}
    customer.own("POST", "/v1/events", body)
    return customer.system.events.texts.pop()


def receive(customer: Customer, text: str, receive_count: int = 1) -> None:
    message = ReceivedMessage(id="1", message=decode(text), receive_count=receive_count)
    assert customer.system.dispatch_messages([message]) == set()


def test_message_that_comes_by_way_of_the_dead_letter_queue_sends_nothing_twice(customer: Customer) -> None:
    customer.subscribe()
    text = published(customer)
    receive(customer, text)

    customer.system.clock.forward(hours=1)
    receive(customer, text)

    assert len(customer.system.endpoint.posts) == 1


def test_event_that_waited_long_in_the_queue_is_sent(customer: Customer) -> None:
    customer.subscribe()
    text = published(customer)

    customer.system.clock.forward(hours=1)
    receive(customer, text)

    assert len(customer.system.endpoint.posts) == 1


def test_retry_whose_worker_died_before_the_schedule_was_made_gets_it_when_the_message_comes_again(
    customer: Customer,
) -> None:
    customer.subscribe()
    system = customer.system
    system.endpoint.answer = lambda _: answered(500)
    receive(customer, published(customer))
    ((bucket, shard),) = system.schedules.due
    system.clock.moment = bucket
    system.redriver.redrive(bucket, shard)
    text = system.retries.texts.pop()
    receive(customer, text)
    system.schedules.due.clear()

    receive(customer, text, receive_count=2)

    assert len(system.endpoint.posts) == 2
    assert len(system.schedules.due) == 1


def test_delivery_of_a_subscription_that_is_gone_by_then_stays_listed_with_its_event(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    text = published(customer)
    receive(customer, text)
    customer.call("DELETE", subscription_id)

    receive(customer, text, receive_count=2)

    listed = customer.own("GET", "/v1/deliveries").json["deliveries"]
    assert [each["subscription_id"] for each in listed] == [subscription_id]


def test_two_messages_about_one_retry_in_a_batch_post_once_and_both_are_done(customer: Customer) -> None:
    customer.subscribe()
    system = customer.system
    system.endpoint.answer = lambda _: answered(500)
    receive(customer, published(customer))
    ((bucket, shard),) = system.schedules.due
    system.clock.moment = bucket
    for _ in range(2):
        system.redriver.redrive(bucket, shard)

    assert system.dispatch() == set()

    assert len(system.endpoint.posts) == 2


def test_retry_whose_bucket_passed_unnoticed_is_put_off_when_its_message_comes_again(customer: Customer) -> None:
    customer.subscribe()
    system = customer.system
    system.endpoint.answer = lambda _: answered(500)
    text = published(customer)
    receive(customer, text)
    system.schedules.due.clear()
    system.clock.forward(hours=5)

    receive(customer, text, receive_count=2)

    ((bucket, _),) = system.schedules.due
    assert bucket > system.clock.now()
    system.run_out()
    assert len(system.endpoint.posts) == 3


@pytest.mark.parametrize("calls", range(7))
def test_worker_that_records_between_two_calls_of_another_stays_told(customer: Customer, calls: int) -> None:
    customer.subscribe()
    system = customer.system
    messages = [ReceivedMessage(id=str(n), message=decode(published(customer)), receive_count=1) for n in range(2)]
    again = [replace(message, receive_count=2) for message in messages]
    client = cast(ObservedClient, system.ledger.table.client)
    client.interrupt(calls, lambda: system.dispatch_messages(messages))

    assert system.dispatch_messages(again) == set()

    events = [event["id"] for event in customer.own("GET", "/v1/events").json["events"]]
    told = [customer.own("GET", f"/v1/events/{event}").json["deliveries"] for event in events]
    assert [[each["state"] for each in deliveries] for deliveries in told] == [["delivered"], ["delivered"]]
