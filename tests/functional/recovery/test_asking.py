"""Asking for a recovery: the dry run, what it takes from whom, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from parcelhook.clock import to_text
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.storage.recoverable import Recoverable
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.fakes import START
from tests.functional.recovery.recovering import happened, recover, shown, states


def test_dry_run_says_how_much_and_changes_nothing(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=25)
    happened(customer, subscription_id, DeliveryState.DELIVERED)

    told = recover(customer, subscription_id, dry_run=True)

    assert told == {"dry_run": True, "deliveries": 25, "seconds": 3, "cost_usd": "0.0002"}
    assert states(customer, made) == [DeliveryState.DISCARDED] * 25
    assert not customer.system.retries.texts
    assert customer.own("GET", f"/v1/subscriptions/{subscription_id}/recoveries").json == {"recoveries": []}


def test_only_the_time_that_is_asked_for(customer: Customer, subscription_id: str) -> None:
    for state in (DeliveryState.DISCARDED, DeliveryState.DELIVERED):
        for hours in range(4):
            happened(customer, subscription_id, state, at=START - timedelta(hours=hours))

    since, until = to_text(START - timedelta(hours=2)), to_text(START - timedelta(hours=1))
    recovery = recover(
        customer, subscription_id, since=since, until=until, states=["discarded", "delivered", "discarded"]
    )
    customer.system.dispatch()

    assert (recovery["since"], recovery["until"], recovery["found"]) == (since, until, 4)
    assert len(customer.system.endpoint.posts) == 4


def test_second_recovery_waits_for_the_first(customer: Customer, subscription_id: str) -> None:
    happened(customer, subscription_id, DeliveryState.DISCARDED)
    first = recover(customer, subscription_id)

    answer = customer.own("POST", f"/v1/subscriptions/{subscription_id}/recover", {"since": to_text(START)})

    assert answer.status == 409
    assert first["id"] in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/since"),
        ({"since": "yesterday"}, "/since"),
        ({"since": "2026-01-01T00:00:00"}, "/since"),
        ({"since": 0}, "/since"),
        ({"since": "1767225600"}, "/since"),
        ({"since": "2026-01-01T00:00:00Z", "until": 1767225601}, "/until"),
        ({"since": "2027-01-01T00:00:00Z"}, "/since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2025-12-01T00:00:00Z"}, "/until"),
        ({"since": "2026-01-01T00:00:00Z", "states": ["lost"]}, "/states/0"),
        ({"since": "2026-01-01T00:00:00Z", "states": []}, "/states"),
        ({"since": "2026-01-01T00:00:00Z", "dry_run": "yes"}, "/dry_run"),
        ({"since": "2026-01-01T00:00:00Z", "colour": "red"}, "/colour"),
    ],
)
def test_wish_that_cannot_be_meant_is_pointed_at(
    customer: Customer, subscription_id: str, body: dict[str, Any], pointer: str
) -> None:
    answer = customer.own("POST", f"/v1/subscriptions/{subscription_id}/recover", body)

    assert answer.status == 422
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert not customer.system.retries.texts


def test_recovery_of_somebody_else_does_not_exist(customer: Customer, subscription_id: str) -> None:
    happened(customer, subscription_id, DeliveryState.DISCARDED)
    recovery = recover(customer, subscription_id)
    stranger = Customer.new(customer.system, SHIPENGINE, Mode.LIVE)

    for method, path in (
        ("GET", f"/v1/recoveries/{recovery['id']}"),
        ("POST", f"/v1/recoveries/{recovery['id']}/cancel"),
        ("POST", f"/v1/subscriptions/{subscription_id}/recover"),
        ("GET", f"/v1/subscriptions/{subscription_id}/recoveries"),
        ("GET", "/v1/recoveries/nonsense"),
    ):
        assert stranger.own(method, path, {"since": to_text(START)} if path[-7:] == "recover" else None).status == 404
    assert shown(customer, recovery)["state"] == "running"


def test_finding_what_was_given_up_reads_nothing_of_what_was_delivered(
    customer: Customer, subscription_id: str
) -> None:
    happened(customer, subscription_id, DeliveryState.DELIVERED, count=20)
    (made,) = happened(customer, subscription_id, DeliveryState.DISCARDED)
    draft = customer.system.engine.planner.recoverer.rows
    recovery = recover(customer, subscription_id)
    key = draft.of_subscription(customer.account_id, Mode.LIVE, subscription_id)[0]

    page = Recoverable(customer.system.ledger).page(key, limit=100, most_looked_at=2)

    assert page.keys == (made.key,)
    assert recovery["found"] == 1
