"""The retry function, from the scheduler's input back into the queue."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local import layout
from parcelhook.errors import PoisonedMessageError
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.resources import RETRIES, RETRY
from parcelhook.storage.ledger_items import EventRecord
from tests import builders
from tests.functional.stage import Endpoint, Stage, listening, running_stage

BUCKET = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with running_stage(monkeypatch) as stage:
        yield stage


def waiting(stage: Stage, due_at: datetime = BUCKET, url: str = "https://hooks.example.com/") -> Delivery:
    """A delivery that failed once, with its subscription and its event."""
    subscription = builders.subscription(url=url)
    stage.registry.add_subscription(subscription, builders.EXCLUSIVE)
    event = builders.event(accepted_at=due_at, occurred_at=due_at)
    stage.ledger.record([EventRecord(event=event, subscription_ids=(subscription.id,))], [])
    delivery = builders.delivery(
        key=builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription.id),
        state=DeliveryState.RETRYING,
        attempts=(builders.failed_attempt(),),
        created_at=due_at,
        due_at=due_at,
        url=url,
    )
    return stage.ledger.save(delivery)


def due_input(bucket: datetime = BUCKET) -> dict[str, object]:
    return {"kind": "due", "bucket": f"{bucket:%Y-%m-%dT%H:%M:%SZ}", "shard": 0}


def test_what_is_due_goes_through_the_queue_to_its_endpoint(stage: Stage) -> None:
    with listening() as endpoint:
        delivery = waiting(stage, url=endpoint.url)
        assert stage.retry(due_input()) == {"count": 1}
        assert stage.dispatch(stage.receive(RETRIES)) == set()
    assert_delivered(stage, delivery, endpoint)


def assert_delivered(stage: Stage, delivery: Delivery, endpoint: Endpoint) -> None:
    after = stage.ledger.delivery(delivery.key)
    assert (after.state, len(after.attempts), len(endpoint.bodies)) == (DeliveryState.DELIVERED, 2, 1)


def test_schedule_that_fires_twice_posts_once(stage: Stage) -> None:
    with listening() as endpoint:
        delivery = waiting(stage, url=endpoint.url)
        assert [stage.retry(due_input()) for _ in range(2)] == [{"count": 1}] * 2
        records = stage.receive(RETRIES)
        assert stage.dispatch(records) == set()
    assert_delivered(stage, delivery, endpoint)


def test_nothing_due_is_nothing_queued(stage: Stage) -> None:
    waiting(stage, BUCKET + timedelta(hours=1))
    assert stage.retry(due_input()) == {"count": 0}
    assert stage.receive(RETRIES) == {"Records": []}


def test_sweep_schedules_what_was_left_behind_with_the_function_itself(stage: Stage) -> None:
    delivery = waiting(stage, BUCKET - timedelta(hours=1))
    assert stage.retry({"kind": "sweep"}) == {"count": 1}
    due_at = stage.ledger.delivery(delivery.key).due_at
    assert due_at
    assert due_at >= BUCKET
    (schedule,) = stage.schedules()
    assert schedule["Target"]["Arn"] == layout.function_arn(RETRY)
    assert json.loads(schedule["Target"]["Input"]) == due_input(due_at)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"kind": "odd"},
        {"kind": "due"},
        {"kind": "due", "bucket": "2026-01-05T14:01:00Z"},
        {"kind": "due", "bucket": 5, "shard": 0},
        {"kind": "due", "bucket": "2026-01-05T14:01:00Z", "shard": "0"},
    ],
)
def test_unknown_input_is_refused(stage: Stage, event: dict[str, object]) -> None:
    with pytest.raises(PoisonedMessageError, match="not one that is known"):
        stage.retry(event)
