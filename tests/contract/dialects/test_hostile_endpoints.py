"""Every hostile spelling, on every route that takes a URL: refused, and nothing is stored."""

from tests.contract.dialects.customer import URL, Customer
from tests.unit.security.hostile import LITERALS, LOOK_ALIKES, NAMES, URLS

HOSTILE = [*(f"https://{host}/" for host in (*LITERALS, *NAMES, *LOOK_ALIKES)), *URLS]
# Our own route judges by the same rules; some of each kind show that it asks them.
SOME = HOSTILE[::12]


def test_no_hostile_url_can_be_subscribed(customer: Customer) -> None:
    accepted = [url for url in HOSTILE if customer.call("POST", body=customer.case.new(url)).status < 400]

    assert accepted == []
    assert customer.listed() == []


def test_no_hostile_url_can_be_changed_to_on_our_own_route(customer: Customer) -> None:
    path = f"/v1/subscriptions/{customer.subscribe()}"

    answers = [customer.own("PATCH", path, {"url": url}) for url in SOME]

    assert {answer.status for answer in answers} == {422}
    assert customer.listed_urls() == [URL]


def test_no_hostile_url_can_be_subscribed_on_our_own_route(customer: Customer) -> None:
    customer.subscribe()
    (known,) = customer.own("GET", "/v1/subscriptions").json["subscriptions"]
    body = {"dialect": known["dialect"], "event": known["event"]}
    customer.call("DELETE", known["id"])

    answers = [customer.own("POST", "/v1/subscriptions", body | {"url": url}) for url in SOME]

    assert {answer.status for answer in answers} == {422}
    assert customer.listed() == []
