"""`POST /v1/deliveries/{id}/retry`: one more attempt at once, whatever the state, and nothing else changed by it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import decode
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from tests.cloud import Cloud
from tests.contract.dialects.cases import EHUB, SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.endpoint import answered
from tests.system import System


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    return Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)


def delivery_in(customer: Customer, state: DeliveryState) -> Delivery:
    """The delivery of a new event to a new subscription, once it has come to `state`."""
    subscription_id = customer.subscribe()
    code = 200 if state is DeliveryState.DELIVERED else 500
    customer.system.endpoint.answer = lambda _: answered(code)
    customer.publish()
    if state is DeliveryState.DISCARDED:
        customer.system.run_out()
    delivery = customer.delivery(subscription_id)
    assert delivery.state is state
    return delivery


def ask(customer: Customer, delivery: Delivery) -> None:
    answer = customer.own("POST", f"/v1/deliveries/{delivery.key.id}/retry")
    assert answer.status == 202, answer.text
    assert answer.json["id"] == delivery.key.id


def asked(customer: Customer, delivery: Delivery) -> ReceivedMessage:
    """The message of a manual retry that nobody has received."""
    ask(customer, delivery)
    return ReceivedMessage(id="manual", message=decode(customer.system.retries.texts.pop()))


def after(customer: Customer, delivery: Delivery) -> Delivery:
    return customer.system.ledger.delivery(delivery.key)


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.RETRYING, DeliveryState.DISCARDED])
def test_delivery_in_any_state_is_sent_at_once_and_then_delivered(customer: Customer, state: DeliveryState) -> None:
    delivery = delivery_in(customer, state)
    posts = len(customer.system.endpoint.posts)
    customer.system.endpoint.answer = lambda _: answered(200)

    ask(customer, delivery)
    assert customer.system.dispatch() == set()

    assert len(customer.system.endpoint.posts) == posts + 1
    shown = customer.own("GET", f"/v1/deliveries/{delivery.key.id}").json
    assert (shown["state"], shown["attempt_count"]) == ("delivered", len(delivery.attempts) + 1)
    assert [attempt["manual"] for attempt in shown["attempts"]] == [False] * len(delivery.attempts) + [True]


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.RETRYING, DeliveryState.DISCARDED])
def test_manual_attempt_that_fails_leaves_the_delivery_where_it_was(customer: Customer, state: DeliveryState) -> None:
    delivery = delivery_in(customer, state)
    customer.system.endpoint.answer = lambda _: answered(500)

    ask(customer, delivery)
    assert customer.system.dispatch() == set()

    tried = after(customer, delivery)
    assert (tried.state, tried.due_at, tried.reason) == (delivery.state, delivery.due_at, delivery.reason)
    assert tried.claimed_until is None
    assert tried.attempts[:-1] == delivery.attempts
    assert (tried.attempts[-1].is_manual, tried.attempts[-1].status_code) == (True, 500)


def test_manual_attempts_use_up_none_of_the_retry_policys(customer: Customer) -> None:
    delivery = delivery_in(customer, DeliveryState.RETRYING)
    for _ in range(3):
        ask(customer, delivery)
        customer.system.dispatch()

    customer.system.run_out()

    tried = after(customer, delivery)
    assert tried.state is DeliveryState.DISCARDED
    assert [attempt.is_manual for attempt in tried.attempts] == [False, True, True, True, False, False]


def test_message_that_comes_twice_is_one_attempt_and_two_wishes_are_two(customer: Customer) -> None:
    delivery = delivery_in(customer, DeliveryState.DELIVERED)
    first, second = asked(customer, delivery), asked(customer, delivery)

    for message in (first, first, second, first, second):
        assert customer.system.dispatch_messages([message]) == set()

    assert len(after(customer, delivery).attempts) == 3


def test_two_wishes_in_one_batch_are_two_attempts(customer: Customer) -> None:
    delivery = delivery_in(customer, DeliveryState.DELIVERED)
    first, second = replace(asked(customer, delivery), id="1"), replace(asked(customer, delivery), id="2")

    assert customer.system.dispatch_messages([first, second]) == {"2"}
    assert customer.system.dispatch_messages([replace(second, receive_count=2)]) == set()

    assert len(after(customer, delivery).attempts) == 3


def test_wish_about_a_delivery_that_is_being_tried_is_kept_until_its_claim_ends(customer: Customer) -> None:
    system = customer.system
    delivery = delivery_in(customer, DeliveryState.RETRYING)
    message = asked(customer, delivery)
    system.ledger.save(replace(delivery, claimed_until=system.clock.now() + timedelta(seconds=90)))

    assert system.dispatch_messages([message]) == {"manual"}
    system.clock.forward(seconds=91)
    assert system.dispatch_messages([replace(message, receive_count=2)]) == set()

    assert after(customer, delivery).attempts[-1].is_manual


def test_worker_that_dies_after_its_claim_loses_nothing(customer: Customer) -> None:
    system = customer.system
    delivery = delivery_in(customer, DeliveryState.DELIVERED)
    message = asked(customer, delivery)
    sender_answer = system.endpoint.answer

    def die(_: object) -> None:
        raise KeyboardInterrupt

    system.endpoint.answer = die  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        system.dispatch_messages([message])
    system.endpoint.answer = sender_answer
    assert after(customer, delivery).state is DeliveryState.DELIVERED

    assert system.dispatch_messages([replace(message, receive_count=2)]) == {"manual"}
    system.clock.forward(seconds=91)
    assert system.dispatch_messages([replace(message, receive_count=3)]) == set()
    assert len(after(customer, delivery).attempts) == 2


def test_without_time_for_it_the_message_comes_again_and_finds_the_delivery_free(customer: Customer) -> None:
    system = customer.system
    delivery = delivery_in(customer, DeliveryState.DELIVERED)
    message = asked(customer, delivery)

    late = asyncio.run(system.engine.dispatch([message], deadline=system.clock.monotonic() + 1))

    assert late == {"manual"}
    assert after(customer, delivery).state is DeliveryState.DELIVERED
    assert system.dispatch_messages([replace(message, receive_count=2)]) == set()
    assert len(after(customer, delivery).attempts) == 2


def test_retry_that_becomes_due_meanwhile_is_made_as_planned(customer: Customer) -> None:
    """Both messages in one batch: the due one is put off to the next bucket by the manual attempt's record."""
    system = customer.system
    delivery = delivery_in(customer, DeliveryState.RETRYING)
    message = asked(customer, delivery)
    ((bucket, shard),) = system.schedules.due
    system.clock.moment = bucket
    system.schedules.due.clear()
    system.redriver.redrive(bucket, shard)
    due = ReceivedMessage(id="due", message=decode(system.retries.texts.pop()))

    assert system.dispatch_messages([message, due]) == set()
    system.run_out()

    tried = after(customer, delivery)
    assert [attempt.is_manual for attempt in tried.attempts] == [False, True, False, False]


@pytest.mark.parametrize("change", ["deleted", "switched off"])
def test_subscription_that_takes_nothing_is_a_conflict_and_nothing_is_queued(customer: Customer, change: str) -> None:
    delivery = delivery_in(customer, DeliveryState.DELIVERED)
    subscription_id = delivery.key.subscription_id
    if change == "deleted":
        customer.call("DELETE", subscription_id)
    else:
        customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", {"enabled": False})

    answer = customer.own("POST", f"/v1/deliveries/{delivery.key.id}/retry")

    assert (answer.status, answer.json["title"]) == (409, "Conflict")
    assert change in answer.json["detail"]
    assert not customer.system.retries.texts


def test_disabled_subscription_is_a_conflict(cloud: Cloud) -> None:
    customer = Customer.new(System(cloud), EHUB, Mode.LIVE)
    customer.system.endpoint.answer = lambda _: answered(500)
    subscription_id = customer.subscribe()
    for _ in range(5):
        customer.publish()
    delivery = customer.system.deliveries(customer.account_id, subscription_id)[0]

    answer = customer.own("POST", f"/v1/deliveries/{delivery.key.id}/retry")

    assert answer.status == 409
    assert "disabled" in answer.json["detail"]


def test_delivery_of_somebody_else_does_not_exist(customer: Customer) -> None:
    delivery = delivery_in(customer, DeliveryState.DELIVERED)
    stranger = Customer.new(customer.system, SHIPENGINE, Mode.LIVE)

    assert stranger.own("POST", f"/v1/deliveries/{delivery.key.id}/retry").status == 404
    assert stranger.own("POST", "/v1/deliveries/nonsense/retry").status == 404
    assert not customer.system.retries.texts
