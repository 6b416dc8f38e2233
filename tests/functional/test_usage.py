"""What an account used, as its key and as an operator see it."""

from datetime import date, timedelta

import pytest

from parcelhook.errors import AttemptTimeoutError
from parcelhook.model.account import Mode
from parcelhook.security.api_keys import KeyStyle
from parcelhook.storage.usage import UsageDays
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

TRACKING = {"tracking_number": "1Z999", "carrier": "ups", "status": "in_transit"}
EVENT = {"type": "tracking.updated", "data": TRACKING}


@pytest.fixture
def system(cloud: Cloud) -> System:
    return System(cloud)


def customer(system: System, mode: Mode = Mode.LIVE) -> tuple[str, dict[str, str]]:
    """An account with a subscription, and the header of its key."""
    account_id = system.new_account()
    own = {"authorization": f"ShippoToken {system.new_key(account_id, KeyStyle.SHIPENGINE, mode)}"}
    wanted = {"event": "track_updated", "url": "https://hooks.example.com/", "is_test": mode is Mode.TEST}
    assert system.call("POST", "/webhooks", own, wanted).status == 201
    return account_id, own


def publish(system: System, own: dict[str, str]) -> None:
    assert system.call("POST", "/v1/events", own, EVENT).status == 202
    system.dispatch()


def test_day_tells_what_became_of_events_and_about_what_it_cost(system: System) -> None:
    _, own = customer(system)
    publish(system, own)
    system.endpoint.answer = lambda _: AttemptTimeoutError("No answer.")
    publish(system, own)
    system.run_out()
    told = system.call("GET", "/v1/usage", own).json
    counts = {"events": 2, "delivered": 1, "discarded": 1, "attempts": 4, "failed": 3}
    assert {name: told["total"][name] for name in counts} == counts
    assert sum(day["attempts"] for day in told["days"]) == 4
    assert 0.000006 < float(told["total"]["estimated_cost_usd"]) < 0.0001


def test_days_are_those_asked_for(system: System) -> None:
    _, own = customer(system)
    publish(system, own)
    first = system.clock.now().date()
    system.clock.forward(hours=48)
    publish(system, own)
    days = [day["day"] for day in system.call("GET", "/v1/usage", own).json["days"]]
    assert days == [str(first), str(first + timedelta(days=2))]
    query = f"since={first + timedelta(days=1)}&until={first + timedelta(days=1)}"
    told = system.call("GET", f"/v1/usage?{query}", own).json
    assert (told["days"], told["total"]["events"]) == ([], 0)


@pytest.mark.parametrize(
    "query", ["since=yesterday", "since=2026-1-5", "since=2026-02-01&until=2026-01-01", "since=2025-01-01", "day=1"]
)
def test_days_that_cannot_be_told_are_refused(system: System, query: str) -> None:
    _, own = customer(system)
    assert system.call("GET", f"/v1/usage?{query}", own).status == 422


def test_accounts_and_modes_see_only_their_own_and_an_operator_sees_all(system: System) -> None:
    account_id, own = customer(system)
    other_id, others = customer(system, Mode.TEST)
    publish(system, own)
    publish(system, others)
    publish(system, others)
    assert system.call("GET", "/v1/usage", own).json["total"]["events"] == 1
    assert system.call("GET", "/v1/usage", others).json["total"]["events"] == 2
    today: date = system.clock.now().date()
    found = UsageDays(system.ledger.table).of_all(today, today)
    events = {(each.account_id, each.mode): each.usage.events for each in found}
    assert events == {(account_id, Mode.LIVE): 1, (other_id, Mode.TEST): 2}


def test_usage_needs_a_key(system: System) -> None:
    system.endpoint.answer = lambda _: answered(200)
    assert system.call("GET", "/v1/usage", {}).status == 401
