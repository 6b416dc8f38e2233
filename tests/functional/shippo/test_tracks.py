"""Shippo's `/tracks`: registered tracking numbers, and what was last published of them."""

from typing import Any
from urllib.parse import urlencode

import pytest

from parcelhook.messages import EventsMessage, decode
from parcelhook.model.account import Mode
from parcelhook.model.event import Event
from parcelhook.storage.ledger_items import EventRecord
from tests.cloud import Cloud
from tests.functional.client import Api
from tests.functional.deployment import Deployment
from tests.functional.shippo.conftest import as_shippo

NUMBER = "9205590164917312751089"
BODY = {"carrier": "usps", "tracking_number": NUMBER, "metadata": "Order 000123"}
PATH = f"/tracks/usps/{NUMBER}"
UNSEEN: dict[str, Any] = BODY | {"messages": [], "tracking_history": []}


def publish(api: Api, status: str, moment: str = "2026-01-02T10:00:00Z", **members: Any) -> None:
    scans = [{"occurred_at": moment, "status": status}]
    data = {"tracking_number": NUMBER, "carrier": "usps", "status": status, "events": scans}
    answer = api.post("/v1/events", {"type": "tracking.updated", "data": data | members})
    assert answer.status == 202, answer.text


def queued(cloud: Cloud, deployment: Deployment) -> list[Event]:
    """The events that were published."""
    messages = [decode(text) for text in cloud.messages(deployment.events_queue_url)]
    return [event for message in messages if isinstance(message, EventsMessage) for event in message.events]


@pytest.mark.parametrize("path", ["/tracks", "/tracks/", "/v1/tracks", "/v1/tracks/"])
def test_number_is_registered(shippo: Api, path: str) -> None:
    answer = shippo.post(path, BODY)
    assert (answer.status, answer.json) == (200, UNSEEN)
    one = f"{path.rstrip('/')}/usps/{NUMBER}"
    assert shippo.get(one).json == shippo.get(f"{one}/").json == UNSEEN


def test_number_is_registered_by_a_form(shippo: Api) -> None:
    headers = {"authorization": shippo.extra["authorization"], "content_type": "application/x-www-form-urlencoded"}
    answer = shippo.with_headers(**headers).post("/tracks/", raw=urlencode(BODY).encode())
    assert (answer.status, answer.json) == (200, UNSEEN)


def test_track_is_as_last_published(shippo: Api, deployment: Deployment) -> None:
    shippo.post("/tracks", BODY)
    for status, day in (("accepted", 1), ("out_for_delivery", 2)):
        deployment.clock.forward(seconds=1)
        publish(shippo, status, f"2026-01-0{day}T10:00:00Z")
    track = shippo.get(PATH).json
    assert track["tracking_status"]["substatus"]["code"] == "out_for_delivery"
    assert [each["status_date"] for each in track["tracking_history"]] == ["2026-01-02T10:00:00Z"]
    assert track["metadata"] == "Order 000123"
    assert shippo.post("/tracks", {"carrier": "usps", "tracking_number": NUMBER}).json == track


def test_published_members_replace_registered_ones(shippo: Api) -> None:
    shippo.post("/tracks", BODY)
    publish(shippo, "accepted", metadata="Order 2", transaction_id="abc")
    track = shippo.get(PATH).json
    assert (track["metadata"], track["transaction"]) == ("Order 2", "abc")


def test_older_event_that_is_published_again_changes_nothing(shippo: Api, deployment: Deployment) -> None:
    shippo.post("/tracks", BODY)
    old = {"type": "tracking.updated", "id": "first", "data": BODY | {"status": "accepted"}}
    assert shippo.post("/v1/events", old).status == 202
    deployment.clock.forward(seconds=1)
    publish(shippo, "delivered")
    assert shippo.post("/v1/events", old).status == 202
    assert shippo.get(PATH).json["tracking_status"]["status"] == "DELIVERED"


def test_carrier_is_the_same_in_any_case(shippo: Api) -> None:
    assert shippo.post("/tracks", BODY | {"carrier": "USPS"}).json["carrier"] == "usps"
    publish(shippo, "delivered", carrier="USPS")
    assert shippo.get(PATH).json["tracking_status"]["status"] == "DELIVERED"


def test_event_from_before_the_registration_is_found(shippo: Api, deployment: Deployment, cloud: Cloud) -> None:
    assert shippo.get(PATH).status == 404
    publish(shippo, "delivered")
    (event,) = queued(cloud, deployment)
    deployment.services.ledger.record([EventRecord(event=event, subscription_ids=())], [])
    assert shippo.get(PATH).json["tracking_status"]["status"] == "DELIVERED"
    assert shippo.post("/tracks", BODY).json["tracking_status"]["status"] == "DELIVERED"


def test_accounts_and_modes_do_not_see_each_others_numbers(
    shippo: Api, shippo_test: Api, deployment: Deployment
) -> None:
    shippo.post("/tracks", BODY)
    assert shippo_test.get(PATH).status == as_shippo(deployment, Mode.LIVE).get(PATH).status == 404


def test_number_is_forgotten_with_the_ledger(shippo: Api, deployment: Deployment) -> None:
    shippo.post("/tracks", BODY)
    deployment.clock.forward(days=31)
    assert shippo.get(PATH).status == 404


def test_account_that_registers_nothing_pays_nothing_for_updates(shippo: Api, deployment: Deployment) -> None:
    publish(shippo, "accepted")
    deployment.dynamodb.calls.clear()
    publish(shippo, "delivered")
    assert [call.operation for call in deployment.dynamodb.calls] == []


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, {"carrier", "tracking_number"}),
        (BODY | {"carrier": "nobody"}, {"carrier"}),
        (BODY | {"tracking_number": "1\n2"}, {"tracking_number"}),
        (BODY | {"tracking_number": "1" * 101}, {"tracking_number"}),
        (BODY | {"metadata": {"a": 1}}, {"metadata"}),
        (BODY | {"metadata": {}}, {"metadata"}),
        (BODY | {"metadata": 0}, {"metadata"}),
        ({"carrier": "shippo", "tracking_number": "SHIPPO_LOST"}, {"tracking_number"}),
    ],
)
def test_registration_that_is_not_accepted(shippo: Api, body: dict[str, Any], refused: set[str]) -> None:
    answer = shippo.post("/tracks", body)
    assert (answer.status, answer.json.keys()) == (400, refused)


def test_unknown_carrier_is_refused_as_recorded(shippo: Api) -> None:
    refused = shippo.post("/tracks", BODY | {"carrier": "nobody"}).json
    assert refused == {"carrier": ["Invalid value specified for provider 'nobody'"]}
    answer = shippo.get(f"/tracks/nobody/{NUMBER}")
    assert (answer.status, answer.json) == (400, {"detail": "Carrier with name 'nobody' is not supported."})


@pytest.mark.parametrize("path", ["/tracks/usps/1", f"/tracks/usps/{'1' * 2000}", "/tracks/shippo/SHIPPO_LOST"])
def test_unknown_number(shippo: Api, path: str) -> None:
    answer = shippo.get(path)
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


def test_list_of_tracks_does_not_exist(shippo: Api) -> None:
    assert shippo.get("/tracks").status == 405


class TestMockCarrier:
    """The tracking guide's test numbers."""

    @pytest.mark.parametrize("status", ["PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE", "UNKNOWN"])
    def test_number_has_its_status_whoever_asks(self, shippo: Api, shippo_test: Api, status: str) -> None:
        body = {"carrier": "shippo", "tracking_number": f"SHIPPO_{status}"}
        track = shippo.post("/tracks", body).json
        assert track["tracking_status"]["status"] == status
        assert track["tracking_history"][-1] == track["tracking_status"]
        assert shippo_test.get(f"/tracks/shippo/SHIPPO_{status}").json == track

    def test_test_webhooks_hear_of_it(self, shippo_test: Api, deployment: Deployment, cloud: Cloud) -> None:
        body = {"carrier": "shippo", "tracking_number": "SHIPPO_DELIVERED", "metadata": "Order 1"}
        assert shippo_test.post("/tracks", body).json["metadata"] == "Order 1"
        (event,) = queued(cloud, deployment)
        assert (event.mode, event.data["status"], event.data["metadata"]) == (Mode.TEST, "delivered", "Order 1")

    def test_live_webhooks_do_not(self, shippo: Api, deployment: Deployment, cloud: Cloud) -> None:
        shippo.post("/tracks", {"carrier": "shippo", "tracking_number": "SHIPPO_DELIVERED"})
        assert queued(cloud, deployment) == []
