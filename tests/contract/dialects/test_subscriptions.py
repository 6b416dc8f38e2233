"""Every dialect: subscriptions are made, read, changed and removed as its vendor's clients do it."""

import pytest

from parcelhook.model.account import Mode
from tests.contract.dialects.cases import Case
from tests.contract.dialects.customer import URL, Customer
from tests.system import System

OTHER_URL = "https://hooks.example.com/elsewhere"


def test_subscription_is_created_and_read_back(customer: Customer) -> None:
    subscription_id = customer.subscribe()

    answer = customer.call("GET", subscription_id)

    assert answer.status == 200
    assert str(answer.json[customer.case.id_member]) == subscription_id
    assert customer.url_of(subscription_id) == URL
    assert customer.listed_urls() == [URL]


def test_subscription_is_changed(customer: Customer) -> None:
    subscription_id = customer.subscribe()

    assert customer.call("PUT", subscription_id, customer.case.change(OTHER_URL)).status == customer.case.changed
    assert customer.url_of(subscription_id) == OTHER_URL


def test_subscription_is_deleted(customer: Customer) -> None:
    subscription_id = customer.subscribe()

    answer = customer.call("DELETE", subscription_id)

    assert (answer.status, answer.text) == (204, "")
    assert customer.call("GET", subscription_id).status == 404
    assert customer.listed() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_accounts_subscription_does_not_exist(customer: Customer, method: str) -> None:
    subscription_id = customer.subscribe()
    stranger = Customer.new(customer.system, customer.case, Mode.LIVE)

    body = customer.case.change(OTHER_URL) if method == "PUT" else None

    assert stranger.call(method, subscription_id, body).status == 404
    assert customer.url_of(subscription_id) == URL
    assert stranger.listed() == []


def test_unknown_id_is_not_found(customer: Customer, system: System) -> None:
    unknown = system.dialects.named(customer.case.name).new_id(system.ids)

    assert customer.call("GET", unknown).status == 404


@pytest.mark.parametrize("key", ["", "live_wrong"])
def test_missing_or_wrong_key_is_refused_without_a_word_about_anything_else(customer: Customer, key: str) -> None:
    subscription_id = customer.subscribe()
    stranger = Customer(system=customer.system, case=customer.case, account_id=customer.account_id, key=key)

    for method, place in (("GET", ""), ("POST", ""), ("GET", subscription_id), ("DELETE", subscription_id)):
        assert stranger.call(method, place, {}).status == 401


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', "{" * 5000])
def test_body_that_is_no_object_is_refused_and_nothing_is_stored(customer: Customer, text: str) -> None:
    answer = customer.call("POST", body=text)

    assert answer.status == 400
    assert customer.case.error_message(answer.json)
    assert customer.listed() == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no url",
        "/relative",
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://user:password@hooks.example.com/",
        "https://localhost/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com/\r\n",
        "https://hooks.example.com/" + "a" * 10_000,
    ],
)
def test_url_that_may_not_be_an_endpoint_is_refused(customer: Customer, url: str) -> None:
    answer = customer.call("POST", body=customer.case.new(url))

    assert answer.status == customer.case.refused
    assert customer.case.error_message(answer.json)
    assert customer.listed() == []


def test_url_is_required(customer: Customer) -> None:
    body = customer.case.new(URL)
    del body[customer.case.url_member]

    assert customer.call("POST", body=body).status == customer.case.refused


def test_large_body_is_refused_in_the_dialect(customer: Customer) -> None:
    answer = customer.call("POST", body=customer.case.new(URL) | {"padding": "x" * 1_000_000})

    assert answer.status == 413
    assert customer.case.error_message(answer.json)


def test_method_that_a_path_does_not_have_is_refused_in_the_dialect(customer: Customer) -> None:
    answer = customer.call("PATCH")

    assert answer.status == 405
    assert customer.case.error_message(answer.json)


def test_members_that_the_vendor_does_not_know_are_ignored(customer: Customer) -> None:
    answer = customer.call("POST", body=customer.case.new(URL) | {"unheard_of": 1})

    assert answer.status == customer.case.created


def test_all_dialects_are_listed_together(customer: Customer, case: Case) -> None:
    subscription_id = customer.subscribe()

    (told,) = customer.own("GET", "/v1/subscriptions").json["subscriptions"]

    assert (told["id"], told["dialect"], told["enabled"]) == (subscription_id, case.name, True)
