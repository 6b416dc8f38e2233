"""What a tracking number tells, and what is found by one, after the data of an event was erased."""

from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPPO
from tests.contract.dialects.customer import Customer
from tests.functional.erasure.erasing import NUMBER, PERSON, SCAN, UPDATE, erase, publish, published, stored
from tests.system import System


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
