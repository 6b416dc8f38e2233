"""eHub's `/api/v2/subscriptions`: what its reference says of answers, credentials and lists."""

import base64
from typing import Any

import pytest

from parcelhook.model.account import Mode
from tests.contract.dialects.customer import URL, Customer
from tests.system import System

BODY = {
    "subscription_type": "shipment_tracking",
    "status": "active",
    "url": URL,
    "payload_format": "json",
    "auth_type": "hmac",
}


def test_answer_to_a_creation_has_the_first_seven_members(customer: Customer) -> None:
    answer = customer.call("POST", body=BODY | {"hmac_shared_secret": "wonder"})

    assert answer.status == 201
    assert isinstance(answer.json["id"], int)
    assert answer.json == BODY | {"id": answer.json["id"], "hmac_shared_secret": "wonder"}


def test_secret_is_told_once_and_kept_encrypted(customer: Customer, system: System) -> None:
    subscription_id = str(customer.call("POST", body=BODY | {"hmac_shared_secret": "wonder"}).json["id"])

    assert "wonder" not in customer.call("GET", subscription_id).text
    assert "wonder" not in customer.call("GET").text
    (row,) = system.registry.subscriptions(customer.account_id, Mode.LIVE)
    assert b"wonder" not in row.sealed["hmac_shared_secret"]
    assert "sealed" not in repr(row)


def test_masked_secret_in_a_change_leaves_it_as_it_is(customer: Customer, system: System) -> None:
    subscription_id = str(customer.call("POST", body=BODY | {"hmac_shared_secret": "wonder"}).json["id"])
    told = customer.call("GET", subscription_id).json

    assert customer.call("PUT", subscription_id, told).status == 200
    customer.publish()

    customer.case.verify(system.endpoint.posts[0], "wonder", {})


def test_changed_secret_signs_from_then_on(customer: Customer, system: System) -> None:
    subscription_id = str(customer.call("POST", body=BODY | {"hmac_shared_secret": "wonder"}).json["id"])

    customer.call("PUT", subscription_id, {"hmac_shared_secret": "other"})
    customer.publish()

    customer.case.verify(system.endpoint.posts[0], "other", {})


def test_basic_credentials_go_on_the_delivery(customer: Customer, system: System) -> None:
    credentials = {"auth_type": "http_basic", "http_username": "shop", "http_password": "pärcel"}
    answer = customer.call("POST", body=BODY | credentials)

    customer.publish()

    (post,) = system.endpoint.posts
    sent = base64.b64decode(post.headers["authorization"].removeprefix("Basic ")).decode()
    assert answer.status == 201
    assert sent == "shop:pärcel"
    assert "x-ehub-signature" not in post.headers


@pytest.mark.parametrize("missing", ["http_username", "http_password"])
def test_basic_credentials_must_be_whole(customer: Customer, missing: str) -> None:
    body = BODY | {"auth_type": "http_basic", "http_username": "shop", "http_password": "parcel"}

    answer = customer.call("POST", body={name: value for name, value in body.items() if name != missing})

    assert answer.status == 422
    assert missing in answer.json["error_message"]


@pytest.mark.parametrize("missing", sorted(BODY))
def test_required_members_are_missed(customer: Customer, missing: str) -> None:
    answer = customer.call("POST", body={name: value for name, value in BODY.items() if name != missing})

    assert answer.status == 422
    assert answer.json["error_code"] == "errors.invalid_parameter"
    assert missing in answer.json["error_message"]


@pytest.mark.parametrize("kind", ["insurance_policy", "shipment", "insurance_claim", "order"])
def test_types_without_events_yet_can_be_subscribed_to(customer: Customer, kind: str) -> None:
    subscription_id = str(customer.call("POST", body=BODY | {"subscription_type": kind}).json["id"])

    assert customer.call("GET", subscription_id).json["subscription_type"] == kind
    assert customer.own("GET", f"/v1/subscriptions/{subscription_id}").json["event"] == kind
    assert customer.call("DELETE", subscription_id).status == 204


def test_list_is_filtered_and_paged(customer: Customer) -> None:
    for kind, status in (("shipment_tracking", "active"), ("payment_status", "active"), ("order", "inactive")):
        customer.call("POST", body=BODY | {"subscription_type": kind, "status": status})

    def kinds(query: str) -> list[Any]:
        answer = customer.system.call("GET", f"{customer.case.path}?{query}", customer.case.headers(customer.key))
        return [each["subscription_type"] for each in answer.json["subscriptions"]]

    assert kinds("subscription_type=order") == ["order"]
    assert sorted(kinds("status=active")) == ["payment_status", "shipment_tracking"]
    assert kinds("status=error_disabled") == []
    assert len(kinds("per_page=2")) == 2
    assert set(kinds("per_page=2&page=1")) | set(kinds("per_page=2&page=2")) == set(kinds(""))
    assert kinds("page=9") == []


@pytest.mark.parametrize("query", ["page=0", "per_page=101", "page=x", "per_page=-1", "page=%C2%B2"])
def test_page_that_is_no_number_is_refused(customer: Customer, query: str) -> None:
    answer = customer.system.call("GET", f"{customer.case.path}?{query}", customer.case.headers(customer.key))

    assert answer.status == 422


def test_refusal_of_a_key_is_the_documented_one(customer: Customer) -> None:
    answer = customer.system.call("GET", customer.case.path, {"authorization": "Bearer nobody"})

    assert answer.json == {
        "status": "error",
        "error_code": "errors.insufficient_scope",
        "error_message": "Token does not allow access to service.",
    }
