"""eHub: five failures in a row disable a subscription, a success begins anew, activating it sends what was held."""

from datetime import timedelta
from typing import Any

import pytest

from parcelhook.errors import AttemptTimeoutError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from tests.contract.dialects.customer import Customer
from tests.endpoint import answered
from tests.system import System


def status(customer: Customer, subscription_id: str) -> tuple[str, int]:
    told = customer.call("GET", subscription_id).json
    return told["status"], told["error_count"]


def fail(customer: Customer, times: int) -> None:
    """First attempts that fail, one event after the other."""
    customer.system.endpoint.answer = lambda _: answered(500)
    for _ in range(times):
        customer.publish()


def states(customer: Customer, subscription_id: str) -> list[DeliveryState]:
    return [delivery.state for delivery in customer.system.deliveries(customer.account_id, subscription_id)]


def test_fifth_failure_in_a_row_disables(customer: Customer) -> None:
    subscription_id = customer.subscribe()

    fail(customer, 4)
    assert status(customer, subscription_id) == ("active", 4)
    fail(customer, 1)

    assert status(customer, subscription_id) == ("error_disabled", 5)


def test_each_attempt_of_a_delivery_counts(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 2)

    system.next_bucket()

    assert status(customer, subscription_id) == ("active", 4)


def test_timeout_is_a_failure_and_has_no_code(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: AttemptTimeoutError("No complete answer within 30 s.")

    customer.publish()

    told = customer.call("GET", subscription_id).json
    assert (told["error_count"], told["last_response_code"]) == (1, None)
    assert told["last_response_message"] == "No complete answer within 30 s."


def test_success_begins_the_count_anew(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 4)
    system.endpoint.answer = lambda _: answered(202)

    event_id = customer.publish()

    told = customer.call("GET", subscription_id).json
    assert (told["status"], told["error_count"], told["last_response_code"]) == ("active", 0, 202)
    assert told["last_pushed_id"] == event_id
    assert told["last_pushed_at"]


def test_disabled_subscription_is_sent_nothing_and_loses_nothing(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 5)
    posts = len(system.endpoint.posts)

    customer.publish()
    system.run_out()

    assert len(system.endpoint.posts) == posts
    assert states(customer, subscription_id) == [DeliveryState.HELD] * 6


def test_activating_it_sends_what_was_held(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 5)
    customer.publish()
    system.run_out()
    system.endpoint.answer = lambda _: answered(200)

    assert customer.call("PUT", subscription_id, {"status": "active"}).json["error_count"] == 0
    system.dispatch()
    system.run_out()

    assert status(customer, subscription_id) == ("active", 0)
    assert states(customer, subscription_id) == [DeliveryState.DELIVERED] * 6


def test_success_that_comes_after_the_fifth_failure_does_not_enable(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 5)
    dialect = system.dialects.named("ehub")
    (subscription,) = system.registry.subscriptions(customer.account_id, Mode.LIVE)

    system.registry.note_success(subscription, dialect.slot, subscription.health, limit=5)

    assert status(customer, subscription_id) == ("error_disabled", 5)


def test_user_may_switch_it_off_and_the_count_is_kept_from_changes(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 3)

    assert customer.call("PUT", subscription_id, {"status": "inactive"}).json["status"] == "inactive"

    assert status(customer, subscription_id) == ("inactive", 3)


def test_change_of_the_url_keeps_the_count(customer: Customer) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 3)

    customer.call("PUT", subscription_id, {"url": "https://hooks.example.com/new"})

    assert status(customer, subscription_id) == ("active", 3)


def test_rewinding_sends_again_what_was_delivered_since_then(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    customer.publish()
    system.clock.forward(days=2)
    customer.publish()
    since = (system.clock.now() - timedelta(days=1)).isoformat()

    assert customer.call("PUT", subscription_id, {"rewind_to_date": since}).status == 200
    system.clock.forward(seconds=10)
    system.dispatch()
    system.run_out()

    later, earlier = system.deliveries(customer.account_id, subscription_id)
    assert (len(earlier.attempts), len(later.attempts)) == (1, 2)
    assert len(system.endpoint.posts) == 3


def test_rewound_delivery_has_all_its_attempts_again(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 1)
    system.run_out()
    since = (system.clock.now() - timedelta(days=1)).isoformat()
    customer.call("PUT", subscription_id, {"status": "active", "rewind_to_date": since})
    system.clock.forward(seconds=10)

    system.dispatch()
    system.run_out()

    (delivery,) = system.deliveries(customer.account_id, subscription_id)
    assert (delivery.state, len(delivery.attempts)) == (DeliveryState.DISCARDED, 6)


def recoveries(customer: Customer, subscription_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = customer.own("GET", f"/v1/subscriptions/{subscription_id}/recoveries").json[
        "recoveries"
    ]
    return found


def test_activating_it_while_a_recovery_runs_joins_that_one(customer: Customer, system: System) -> None:
    """It is through with what it found, all of which came to be held again, when it is joined a second time."""
    subscription_id = customer.subscribe()
    fail(customer, 5)
    customer.publish()
    system.run_out()
    for _ in range(2):
        customer.call("PUT", subscription_id, {"status": "active"})
    system.clock.forward(seconds=10)
    system.dispatch()
    (before,) = recoveries(customer, subscription_id)
    assert (before["state"], before["queued"], status(customer, subscription_id)[0]) == ("running", 6, "error_disabled")

    customer.call("PUT", subscription_id, {"status": "active"})
    system.endpoint.answer = lambda _: answered(200)
    system.run_out()

    assert states(customer, subscription_id) == [DeliveryState.DELIVERED] * 6
    (after,) = recoveries(customer, subscription_id)
    assert (after["id"], after["state"]) == (before["id"], "done")


def test_rewinding_joins_what_activating_began_and_a_second_one_is_refused(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: answered(200)
    customer.publish()
    fail(customer, 5)
    system.clock.forward(days=2)
    customer.publish()
    held = customer.publish()
    since = (system.clock.now() - timedelta(days=1)).isoformat()
    system.endpoint.answer = lambda _: answered(200)

    wanted = {"status": "active", "rewind_to_date": since}
    assert customer.call("PUT", subscription_id, wanted).status == 200
    before = customer.call("GET", subscription_id).json
    refused = customer.call("PUT", subscription_id, {"rewind_to_date": since, "payload_format": "xml"})
    assert (refused.status, refused.json["error_code"]) == (409, "errors.conflict")
    assert customer.call("GET", subscription_id).json == before
    system.clock.forward(seconds=10)
    system.dispatch()
    system.run_out()

    (recovery,) = recoveries(customer, subscription_id)
    assert recovery["state"] == "done"
    posts = [post.headers["webhook-id"] for post in system.endpoint.posts]
    assert sum(held.removeprefix("evt_") in each for each in posts) == 1
    assert set(states(customer, subscription_id)) == {DeliveryState.DELIVERED}


def test_rewinding_does_not_forget_what_was_held_before(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    fail(customer, 5)
    system.run_out()
    assert states(customer, subscription_id) == [DeliveryState.HELD] * 5
    system.clock.forward(days=2)
    system.endpoint.answer = lambda _: answered(200)

    assert customer.call("PUT", subscription_id, {"status": "active"}).status == 200
    since = (system.clock.now() - timedelta(hours=1)).isoformat()
    assert customer.call("PUT", subscription_id, {"rewind_to_date": since}).status == 200
    system.clock.forward(seconds=10)
    system.dispatch()
    system.run_out()

    assert states(customer, subscription_id) == [DeliveryState.DELIVERED] * 5


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"rewind_to_date": "2025-11-01"}, "rewind_to_date"),
        ({"rewind_to_date": "tomorrow"}, "rewind_to_date"),
        ({"rewind_to_date": "2026-02-01T00:00:00Z"}, "rewind_to_date"),
        ({"status": "inactive", "rewind_to_date": "2026-01-02"}, "rewind_to_date"),
        ({"status": "error_disabled"}, "status"),
        ({"payload_format": "yaml"}, "payload_format"),
        ({"url": "http://hooks.example.com"}, "url"),
    ],
)
def test_change_that_is_not_possible_is_refused(customer: Customer, body: dict[str, Any], member: str) -> None:
    subscription_id = customer.subscribe()
    before = customer.call("GET", subscription_id).json

    answer = customer.call("PUT", subscription_id, body)

    assert answer.status == 422
    assert member in answer.json["error_message"]
    assert customer.call("GET", subscription_id).json == before
