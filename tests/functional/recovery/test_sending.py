"""What a recovery sends: oldest first, no faster than its rate, and nothing more once it is cancelled."""

from typing import Any

from parcelhook.messages import DeliveriesMessage
from parcelhook.model.delivery import DeliveryState
from tests.api_calls import Answered
from tests.contract.dialects.customer import Customer
from tests.endpoint import answered
from tests.functional.recovery.recovering import happened, posted, recover, shown, states
from tests.system import RECOVERED_PER_SECOND, System


def test_all_that_was_given_up_is_sent_again_oldest_first(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=30)
    untouched = happened(customer, subscription_id, DeliveryState.DELIVERED)

    recovery = recover(customer, subscription_id)
    assert (recovery["state"], recovery["found"], recovery["queued"]) == ("running", 30, 0)
    assert recovery["states"] == ["discarded", "held"]
    customer.system.dispatch()

    assert posted(customer) == [each.key.id for each in made]
    assert states(customer, made) == [DeliveryState.DELIVERED] * 30
    assert customer.system.ledger.delivery(untouched[0].key) == untouched[0]
    told = shown(customer, recovery)
    assert (told["state"], told["found"], told["queued"]) == ("done", 30, 30)
    assert customer.own("GET", f"/v1/subscriptions/{subscription_id}/recoveries").json == {"recoveries": [told]}


def test_what_was_delivered_is_sent_again_where_it_is_asked_for(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DELIVERED, count=3)
    happened(customer, subscription_id, DeliveryState.DISCARDED)

    recovery = recover(customer, subscription_id, states=["delivered"])
    customer.system.dispatch()

    assert posted(customer) == [each.key.id for each in made]
    assert shown(customer, recovery)["queued"] == 3


def test_recovered_delivery_has_all_its_attempts_again(customer: Customer, subscription_id: str) -> None:
    (made,) = happened(customer, subscription_id, DeliveryState.DISCARDED)
    customer.system.endpoint.answer = lambda _: answered(500)

    recover(customer, subscription_id)
    customer.system.dispatch()
    customer.system.run_out()

    tried = customer.system.ledger.delivery(made.key)
    assert (tried.state, len(tried.attempts)) == (DeliveryState.DISCARDED, 1 + 3)


def test_pages_are_spread_so_that_no_more_than_the_rate_is_queued(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    rate_of_a_page = RECOVERED_PER_SECOND * 180
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=rate_of_a_page + 200)
    recovery = recover(customer, subscription_id)
    system.retries.delays.clear()

    system.dispatch_messages(system.receive())
    (bucket,) = {moment for moment, _ in system.schedules.due}
    sizes, delays = message_sizes(system), system.retries.delays

    queued = 0
    for size, delay in zip(sizes, delays, strict=True):
        assert queued <= RECOVERED_PER_SECOND * delay
        queued += size
    assert queued <= RECOVERED_PER_SECOND * (bucket - system.clock.now()).total_seconds() + 100
    assert shown(customer, recovery)["queued"] == queued < len(made)

    system.dispatch()
    system.run_out()
    assert len(posted(customer)) == len(set(posted(customer))) == len(made)
    assert shown(customer, recovery)["state"] == "done"


def message_sizes(system: System) -> list[int]:
    received = system.receive()
    for each in received:
        system.retries.send(each.message)
    del system.retries.delays[len(received) :]
    return [len(each.message.deliveries) for each in received if isinstance(each.message, DeliveriesMessage)]


def cancelled_amid(customer: Customer, recovery: Any) -> Answered:
    """Cancels it when the first of its messages was sent and the others are in a worker's hand."""
    system = customer.system
    system.dispatch_messages(system.receive())
    first, *rest = system.receive()
    system.dispatch_messages([first])
    answer = customer.own("POST", f"/v1/recoveries/{recovery['id']}/cancel")
    system.dispatch_messages(rest)
    return answer


def test_cancelling_stops_what_is_queued_too(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=30)

    answer = cancelled_amid(customer, recover(customer, subscription_id))

    # All was queued already, so that it is done; only a recovery that runs can be cancelled.
    assert (answer.status, answer.json["state"]) == (200, "done")
    assert states(customer, made) == [DeliveryState.DELIVERED] * 30


def test_cancelled_recovery_sends_nothing_more(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=RECOVERED_PER_SECOND * 200)
    recovery = recover(customer, subscription_id)

    answer = cancelled_amid(customer, recovery)
    system.run_out()

    assert (answer.status, answer.json["state"]) == (200, "cancelled")
    assert len(system.endpoint.posts) == 25
    assert states(customer, made[25:]) == [DeliveryState.DISCARDED] * (len(made) - 25)
    assert customer.own("POST", f"/v1/recoveries/{recovery['id']}/cancel").json["state"] == "cancelled"


def test_subscription_that_is_switched_off_meanwhile_leaves_all_as_it_was(
    customer: Customer, subscription_id: str
) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DELIVERED, count=3)
    recover(customer, subscription_id, states=["delivered"])
    customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", {"enabled": False})

    assert system.dispatch() == set()

    assert states(customer, made) == [DeliveryState.DELIVERED] * 3
    assert system.endpoint.posts == []
