"""What an account is told that publishes too fast, in each dialect that publishes."""

from dataclasses import replace

import pytest

from functions.api.app import build_app
from functions.api.routes import GROUPS
from parcelhook.model.account import Mode
from parcelhook.publishing_limit import PublishingLimit
from parcelhook.storage.publishing_rates import PublishingRates
from tests.functional.client import Api
from tests.functional.deployment import Deployment

EVENT = {"type": "tracking.updated", "data": {"tracking_number": "1Z999", "carrier": "ups", "status": "in_transit"}}
MOCK = {"carrier": "shippo", "tracking_number": "SHIPPO_TRANSIT"}


@pytest.fixture
def limited(deployment: Deployment) -> Api:
    """A test key of an account that may publish one event a second, and 100 at once."""
    services, clock = deployment.services, deployment.clock
    rates = PublishingRates(table=services.ledger.table, clock=clock)
    limit = PublishingLimit(rates=rates, clock=clock, per_second=1, burst=100)
    caller = deployment.caller(Mode.TEST)
    limited = replace(services, publisher=replace(services.publisher, admit=limit.take))
    return replace(caller, resolve=build_app(limited, GROUPS))


def exhausted(limited: Api) -> None:
    for count in (100, 3):
        assert limited.post("/v1/events", [EVENT] * count).status == 202


def test_account_that_publishes_too_fast_is_told_when_to_come_back(limited: Api, deployment: Deployment) -> None:
    exhausted(limited)
    sent = len(deployment.sqs.calls)
    answer = limited.post("/v1/events", EVENT)
    assert (answer.status, answer.headers["retry-after"]) == (429, "3")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["title"] == "Too many events"
    assert len(deployment.sqs.calls) == sent
    deployment.clock.forward(seconds=3)
    assert limited.post("/v1/events", EVENT).status == 202


def test_refused_event_keeps_its_id_free(limited: Api, deployment: Deployment) -> None:
    exhausted(limited)
    assert limited.post("/v1/events", EVENT | {"id": "mine"}).status == 429
    assert deployment.services.publications.find(limited.account_id, Mode.TEST, "mine") is None


def test_mocked_parcel_counts_too(limited: Api) -> None:
    exhausted(limited)
    answer = limited.with_headers(authorization=f"ShippoToken {limited.key}").post("/tracks", MOCK)
    assert (answer.status, answer.headers["retry-after"]) == (429, "3")
    assert answer.json == {"detail": "This account has published more than 100 events at once and 1 a second."}


def test_reading_is_not_limited(limited: Api) -> None:
    exhausted(limited)
    assert limited.get("/v1/events").status == 200


def test_ordinary_publication_costs_no_call_of_dynamodb(api: Api, deployment: Deployment) -> None:
    api.post("/v1/events", EVENT)
    deployment.dynamodb.calls.clear()
    for _ in range(10):
        assert api.post("/v1/events", EVENT).status == 202
    assert [call.operation for call in deployment.dynamodb.calls if call.operation != "get_item"] == []
