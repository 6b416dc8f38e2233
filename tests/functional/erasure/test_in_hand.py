"""Data that somebody has in hand while it is erased, or that an eraser dies over, is gone soon after."""

from typing import Any

import pytest

from parcelhook.clock import to_text
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import decode
from parcelhook.model.delivery import DATA_ERASED, DeliveryState
from tests.contract.dialects.customer import Customer
from tests.fakes import throttled
from tests.functional.erasure.erasing import PERSON, answers, erase, pass_time, posts, publish, published, stored, told


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
