"""What still waits, or might be sent once more, is not sent after its event's data was erased."""

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import decode
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DATA_ERASED, DeliveryState
from tests.cloud import Cloud
from tests.contract.dialects.cases import EHUB
from tests.contract.dialects.customer import Customer
from tests.functional.erasure.erasing import PERSON, answers, erase, pass_time, posts, publish, published, stored, told
from tests.system import System


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


def test_event_that_is_published_again_stays_erased(customer: Customer) -> None:
    customer.subscribe()
    event_id = publish(customer, id="mine")
    customer.system.dispatch()
    erase(customer, event_id)
    before = posts(customer)

    publish(customer, id="mine")
    pass_time(customer)

    assert (posts(customer), told(customer, event_id)["data"]) == (before, None)
