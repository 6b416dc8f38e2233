"""A test send: a sample goes to the endpoint at once, and nothing is written."""

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

from functions.api.routes.native.subscription_test import LONGEST_TEST_SECONDS
from parcelhook.errors import AddressRefusedError, AttemptTimeoutError
from parcelhook.model.event import EventType
from parcelhook.security.api_keys import KeyStyle
from tests.api_calls import Answered
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

URL = "https://example.com/hook"
EVENTS = {"shipengine": "track", "shippo": "track_updated", "ehub": "shipment_tracking"}


class Caller:
    """Somebody with a live key."""

    def __init__(self, system: System) -> None:
        self.system, self.account_id = system, system.new_account()
        self.key = system.new_key(self.account_id, KeyStyle.SHIPENGINE)

    def call(self, method: str, path: str, body: object = None) -> Answered:
        headers = {"api-key": self.key, "authorization": f"Bearer {self.key}"}
        return self.system.call(method, path, headers, body)

    def subscribe(self, dialect: str, event: str = "", **members: object) -> str:
        wanted = {"dialect": dialect, "event": event or EVENTS[dialect], "url": URL} | members
        return str(self.call("POST", "/v1/subscriptions", wanted).json["id"])

    def test(self, subscription_id: str, body: object = None) -> Answered:
        return self.call("POST", f"/v1/subscriptions/{subscription_id}/test", body)


@pytest.fixture
def caller(cloud: Cloud) -> Caller:
    return Caller(System(cloud))


@pytest.mark.parametrize("dialect", EVENTS)
def test_sample_is_sent_in_the_dialect_and_what_came_back_is_told(caller: Caller, dialect: str) -> None:
    subscription_id = caller.subscribe(dialect)
    told = caller.test(subscription_id).json
    (post,) = caller.system.endpoint.posts
    assert post.url == told["url"] == URL
    assert post.headers["parcelhook-test"] == "true"
    assert post.body.decode() == told["request"]["body"]
    assert dict(post.headers) == told["request"]["headers"]
    assert (told["status_code"], told["outcome"], told["error"]) == (200, "delivered", None)
    assert (told["event_type"], told["response_body"]) == ("tracking.updated", "told")
    assert told["duration_ms"] >= 0


def test_given_data_is_sent_once_it_fits_the_catalogue(caller: Caller) -> None:
    subscription_id = caller.subscribe("shipengine")
    data = {"tracking_number": "1Z", "carrier": "ups", "status": "delivered"}
    told = caller.test(subscription_id, {"event_type": "tracking.updated", "data": data}).json
    assert json.loads(told["request"]["body"])["data"]["tracking_number"] == "1Z"


def test_catch_all_sends_the_event_type_that_is_asked_for(caller: Caller) -> None:
    subscription_id = caller.subscribe("shippo", "all")
    told = caller.test(subscription_id, {"event_type": "batch.created"}).json
    assert json.loads(told["request"]["body"])["event"] == "batch_created"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"event_type": "batch.completed"}, "/event_type"),
        ({"event_type": "x"}, "/event_type"),
        ({"data": {"carrier": "ups", "status": "delivered"}}, "/data/tracking_number"),
        ({"url": "https://example.com"}, "/url"),
    ],
)
def test_what_cannot_be_sent_is_pointed_at_and_not_sent(caller: Caller, body: object, pointer: str) -> None:
    answer = caller.test(caller.subscribe("shipengine"), body)
    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert caller.system.endpoint.posts == []


def test_event_that_there_are_none_of_yet_is_a_conflict(caller: Caller) -> None:
    assert caller.test(caller.subscribe("ehub", "order")).status == 409


def test_stranger_cannot_have_a_test_sent(caller: Caller) -> None:
    subscription_id = caller.subscribe("ehub")
    assert Caller(caller.system).test(subscription_id).status == 404
    assert caller.system.endpoint.posts == []


def test_failures_are_told_and_count_for_nothing(caller: Caller) -> None:
    subscription_id = caller.subscribe("ehub")
    caller.system.endpoint.answer = lambda _: answered(503)
    for _ in range(6):
        told = caller.test(subscription_id).json
        assert (told["status_code"], told["outcome"], told["error"]) == (503, "retry", "status")
    shown = caller.call("GET", f"/v1/subscriptions/{subscription_id}").json
    assert (shown["disabled_by_failures"], shown["health"]["error_count"]) == (False, 0)
    assert caller.call("GET", "/v1/deliveries").json["deliveries"] == []
    assert caller.call("GET", "/v1/events").json["events"] == []


def test_private_address_is_refused_as_for_a_delivery(caller: Caller) -> None:
    caller.system.endpoint.answer = lambda _: AddressRefusedError("The host has an address that is not public.")
    told = caller.test(caller.subscribe("shippo")).json
    assert (told["status_code"], told["error"], told["response_body"]) == (None, "address_refused", None)


@pytest.mark.parametrize(
    ("dialect", "seconds"), [("shippo", 3.0), ("shipengine", 10.0), ("ehub", LONGEST_TEST_SECONDS)]
)
def test_test_waits_as_long_as_the_dialect_and_the_gateway_allow(caller: Caller, dialect: str, seconds: float) -> None:
    caller.system.endpoint.answer = lambda post: AttemptTimeoutError(f"No answer within {post.timeout_seconds:g} s.")
    told = caller.test(caller.subscribe(dialect)).json
    assert caller.system.endpoint.posts[0].timeout_seconds == seconds
    assert told["error"] == "timeout"
    assert ("a delivery waits 30 s" in told["message"]) is (dialect == "ehub")


def basic_auth_subscription(caller: Caller) -> str:
    body: dict[str, Any] = {
        "subscription_type": "shipment_tracking",
        "status": "active",
        "payload_format": "json",
        "auth_type": "http_basic",
        "http_username": "acme",
        "http_password": "hunter2",
        "url": URL,
    }
    return str(caller.call("POST", "/api/v2/subscriptions", body).json["id"])


def test_supplied_credentials_are_sent_and_never_shown(caller: Caller) -> None:
    subscription_id = basic_auth_subscription(caller)
    caller.call(
        "PATCH", f"/v1/subscriptions/{subscription_id}", {"headers": {"X-Gate-Token": "letmein", "X-Shop": "7"}}
    )
    answer = caller.test(subscription_id)
    (post,) = caller.system.endpoint.posts
    credentials = base64.b64encode(b"acme:hunter2").decode()
    assert post.headers["authorization"] == f"Basic {credentials}"
    shown = answer.json["request"]["headers"]
    assert shown["authorization"] == "Basic ********"
    assert (shown["x-gate-token"], shown["x-shop"]) == ("********", "7")
    assert credentials not in answer.text
    assert "letmein" not in answer.text


def test_delivery_shows_its_request_and_parcel_as_it_would_be_sent(caller: Caller) -> None:
    subscription_id = basic_auth_subscription(caller)
    data = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}
    caller.system.publish(caller.account_id, EventType.TRACKING_UPDATED, data)
    (post,) = caller.system.endpoint.posts
    (delivery,) = caller.call("GET", "/v1/deliveries").json["deliveries"]
    answer = caller.call("GET", f"/v1/deliveries/{delivery['id']}")
    told = answer.json
    assert told["tracking_number"] == "1Z"
    assert (told["request"]["method"], told["request"]["url"]) == ("POST", URL)
    assert told["request"]["body"] == post.body.decode()
    assert told["request"]["headers"]["webhook-id"] == delivery["id"] == post.headers["webhook-id"]
    assert told["request"]["headers"]["authorization"] == "Basic ********"
    assert len(caller.system.endpoint.posts) == 1, "to show a request is not to send it"
    caller.call("DELETE", f"/v1/subscriptions/{subscription_id}")
    told = caller.call("GET", f"/v1/deliveries/{delivery['id']}").json
    assert (told["tracking_number"], told["request"]) == ("1Z", None)


def test_deliveries_of_one_parcel_are_found_in_every_list(caller: Caller) -> None:
    subscription_id = caller.subscribe("shipengine")
    caller.subscribe("shipengine", "batch")
    caller.system.endpoint.answer = lambda post: answered(503 if b"2Z" in post.body else 200)
    for number in ("1Z", "2Z", "1Z"):
        data = {"tracking_number": number, "carrier": "ups", "status": "in_transit"}
        caller.system.publish(caller.account_id, EventType.TRACKING_UPDATED, data)
    caller.system.publish(caller.account_id, EventType.BATCH_COMPLETED, {"batch_id": "1Z"})

    def found(query: str) -> list[str]:
        """States, page by page."""
        states, path = [], f"/v1/deliveries?limit=1&{query}"
        answer = caller.call("GET", path).json
        while True:
            states += [each["state"] for each in answer["deliveries"]]
            if answer["next"] is None:
                return states
            answer = caller.call("GET", f"{path}&cursor={answer['next']}").json

    assert found("tracking_number=1Z") == ["delivered", "delivered"]
    assert found(f"tracking_number=1Z&subscription={subscription_id}") == ["delivered", "delivered"]
    assert found("tracking_number=2Z") == ["retrying"]
    assert found("tracking_number=2Z&state=retrying") == ["retrying"]
    assert found("tracking_number=1Z&state=retrying") == []
    assert found("tracking_number=3Z") == []


def test_api_starts_without_what_only_a_test_needs() -> None:
    program = "import sys, functions.api.handler; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
