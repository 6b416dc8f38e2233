"""Bought labels: their numbers are registered, and the account's default webhook hears of them."""

from typing import Any

import pytest

from parcelhook.errors import InvalidRequestError, NotFoundError
from tests.fakes import throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment

NUMBER = "9499907123456123456781"
URL = "https://hooks.example.com/default"
RATE = {"provider": "DHL Express", "servicelevel_token": "dhl_express_worldwide", "servicelevel_name": "Worldwide"}
LABEL = {"object_id": "915d94940ea54c3a", "status": "SUCCESS", "tracking_number": NUMBER, "rate": RATE}


def buy(api: Api, kind: str = "transaction.created", **members: Any) -> None:
    assert api.post("/v1/events", {"type": kind, "data": LABEL | members}).status == 202


@pytest.fixture
def with_default(shippo: Api, deployment: Deployment) -> Api:
    """Whose account has a default webhook URL."""
    deployment.administration.set_default_webhook_url(shippo.account_id, URL)
    return shippo


def webhooks(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/webhooks").json["results"]
    return found


def test_number_of_a_bought_label_is_registered(shippo: Api) -> None:
    buy(shippo, metadata="Order 1")
    assert shippo.get(f"/tracks/dhl_express/{NUMBER}").json == {
        "carrier": "dhl_express",
        "tracking_number": NUMBER,
        "transaction": LABEL["object_id"],
        "servicelevel": {"token": "dhl_express_worldwide", "name": "Worldwide"},
        "metadata": "Order 1",
        "messages": [],
        "tracking_history": [],
    }


def test_update_in_the_same_publication_counts(shippo: Api) -> None:
    update = {"carrier": "dhl_express", "tracking_number": NUMBER, "status": "delivered"}
    told = [{"type": "tracking.updated", "data": update}, {"type": "transaction.created", "data": LABEL}]
    assert shippo.post("/v1/events", told).status == 202
    assert shippo.get(f"/tracks/dhl_express/{NUMBER}").json["tracking_status"]["status"] == "DELIVERED"


@pytest.mark.parametrize(
    "members",
    [
        {"status": "ERROR"},
        {"status": "QUEUED"},
        {"tracking_number": None},
        {"tracking_number": ""},
        {"tracking_number": "1" * 101},
        {"rate": None},
        {"rate": "adcfdddf8ec64b84ad22772bce3ea37a"},
        {"rate": {"provider": "!"}},
        {"kind": "transaction.updated"},
    ],
)
def test_what_is_no_bought_label_registers_nothing(with_default: Api, members: dict[str, Any]) -> None:
    buy(with_default, **members)
    assert with_default.get(f"/tracks/dhl_express/{NUMBER}").status == 404
    assert webhooks(with_default) == []


def test_default_webhook_is_made_once_and_is_in_the_list(with_default: Api) -> None:
    for _ in range(3):
        buy(with_default)
    (webhook,) = webhooks(with_default)
    assert (webhook["event"], webhook["url"], webhook["active"]) == ("track_updated", URL, True)
    assert with_default.get(f"/webhooks/{webhook['object_id']}").json == webhook


@pytest.mark.parametrize("event", ["track_updated", "all"])
def test_webhook_that_is_there_is_enough(with_default: Api, event: str) -> None:
    own = with_default.post("/webhooks", {"event": event, "url": "https://hooks.example.com/own"}).json
    buy(with_default)
    assert webhooks(with_default) == [own]


def test_webhook_for_something_else_is_not_enough(with_default: Api) -> None:
    with_default.post("/webhooks", {"event": "batch_created", "url": "https://hooks.example.com/own"})
    buy(with_default)
    assert {each["event"] for each in webhooks(with_default)} == {"batch_created", "track_updated"}


def test_default_webhook_of_a_test_label_is_a_test_webhook(with_default: Api, shippo_test: Api) -> None:
    buy(shippo_test)
    assert webhooks(with_default) == []
    assert [each["is_test"] for each in webhooks(shippo_test)] == [True]


def test_default_webhook_that_is_deleted_comes_back_with_the_next_label(with_default: Api) -> None:
    buy(with_default)
    with_default.call("DELETE", f"/webhooks/{webhooks(with_default)[0]['object_id']}")
    buy(with_default)
    assert len(webhooks(with_default)) == 1


def test_account_without_a_default_gets_no_webhook(shippo: Api) -> None:
    buy(shippo)
    assert webhooks(shippo) == []


def test_default_may_be_forgotten(with_default: Api, deployment: Deployment) -> None:
    deployment.administration.set_default_webhook_url(with_default.account_id, None)
    buy(with_default)
    assert webhooks(with_default) == []


def test_default_that_may_not_be_an_endpoint_makes_no_webhook(shippo: Api, deployment: Deployment) -> None:
    deployment.administration.set_default_webhook_url(shippo.account_id, "https://private.example.com/")
    buy(shippo)
    assert webhooks(shippo) == []


@pytest.mark.parametrize("url", ["ftp://example.com", "", "https://example.com/".ljust(200, "x")])
def test_default_that_cannot_be_a_webhooks_url_is_refused(shippo: Api, deployment: Deployment, url: str) -> None:
    with pytest.raises(InvalidRequestError):
        deployment.administration.set_default_webhook_url(shippo.account_id, url)


def test_default_of_an_unknown_account_is_refused(deployment: Deployment) -> None:
    with pytest.raises(NotFoundError):
        deployment.administration.set_default_webhook_url("acct_unknown", URL)


@pytest.mark.parametrize("error", [throttled("UpdateItem"), RuntimeError("a fault of ours")])
def test_event_is_published_whatever_becomes_of_its_number(
    with_default: Api, deployment: Deployment, error: Exception
) -> None:
    deployment.dynamodb.fail("update_item", error)
    buy(with_default)
    assert with_default.get(f"/tracks/dhl_express/{NUMBER}").status == 404
