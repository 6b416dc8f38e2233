"""The dispatch function, from SQS records to a POST, the ledger and a schedule."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from local import layout
from parcelhook.messages import EventsMessage
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import Event
from parcelhook.resources import EVENTS, REGISTRY, RETRY
from tests import builders
from tests.functional.stage import Endpoint, Stage, listening, running_stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with running_stage(monkeypatch) as stage:
        yield stage


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as endpoint:
        yield endpoint


def new_event() -> Event:
    now = datetime.now(UTC)
    return builders.event(accepted_at=now, occurred_at=now)


def message(*events: Event) -> EventsMessage:
    return EventsMessage(account_id=builders.ACCOUNT, mode=Mode.LIVE, events=events)


def subscribed(stage: Stage, endpoint: Endpoint) -> str:
    """The id of a new subscription."""
    subscription = builders.subscription(url=endpoint.url)
    stage.registry.add_subscription(subscription, builders.EXCLUSIVE)
    return subscription.id


def delivery(stage: Stage, event: Event, subscription_id: str) -> Delivery:
    return stage.ledger.delivery(builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription_id))


def test_events_of_a_batch_are_delivered_and_done_with(stage: Stage, endpoint: Endpoint) -> None:
    subscription_id = subscribed(stage, endpoint)
    events = [new_event() for _ in range(3)]
    stage.send(EVENTS, message(*events[:2]), message(events[2]))
    assert stage.dispatch(stage.receive(EVENTS)) == set()
    assert [delivery(stage, event, subscription_id).state for event in events] == [DeliveryState.DELIVERED] * 3
    assert len(endpoint.bodies) == 3
    assert {json.loads(body)["resource_type"] for body in endpoint.bodies} == {"API_TRACK"}


def test_failure_is_scheduled_for_the_retry_function(stage: Stage, endpoint: Endpoint) -> None:
    subscription_id = subscribed(stage, endpoint)
    endpoint.status = 503
    event = new_event()
    stage.send(EVENTS, message(event))
    assert stage.dispatch(stage.receive(EVENTS)) == set()
    failed = delivery(stage, event, subscription_id)
    assert failed.state is DeliveryState.RETRYING
    assert failed.due_at
    assert timedelta(0) <= failed.due_at - failed.attempts[0].ended_at - timedelta(hours=2) <= timedelta(minutes=1)
    (schedule,) = stage.schedules()
    assert schedule["ScheduleExpression"] == f"at({failed.due_at:%Y-%m-%dT%H:%M:%S})"
    assert schedule["Target"]["Arn"] == layout.function_arn(RETRY)
    assert json.loads(schedule["Target"]["Input"]) == {
        "kind": "due",
        "bucket": f"{failed.due_at:%Y-%m-%dT%H:%M:%SZ}",
        "shard": 0,
    }


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"version": 99, "account_id": "a", "mode": "live", "kind": "events", "events": []}',
        '{"version": 1, "account_id": "a", "mode": "odd", "kind": "events", "events": []}',
        '{"version": 1, "account_id": "a", "mode": "live", "kind": "odd"}',
        '{"version": 1, "account_id": "a", "mode": "live", "kind": "events", "events": [{"ulid": "1"}]}',
        '{"version": 1, "account_id": "a", "mode": "live", "kind": "deliveries", "due": "soon", "deliveries": []}',
        '{"version": 1, "account_id": "a", "mode": "live", "kind": "deliveries", "due": 1, "deliveries": [["1"]]}',
    ],
)
def test_poisoned_message_comes_again_and_harms_no_other(stage: Stage, endpoint: Endpoint, body: str) -> None:
    subscription_id = subscribed(stage, endpoint)
    event = new_event()
    stage.send(EVENTS, message(event))
    records = stage.receive(EVENTS)
    poisoned = {**records["Records"][0], "messageId": "poisoned", "body": body}
    records["Records"].insert(0, poisoned)
    assert stage.dispatch(records) == {"poisoned"}
    assert delivery(stage, event, subscription_id).state is DeliveryState.DELIVERED


def test_redelivered_record_is_not_posted_twice(stage: Stage, endpoint: Endpoint) -> None:
    subscribed(stage, endpoint)
    stage.send(EVENTS, message(new_event()))
    records = stage.receive(EVENTS)
    stage.dispatch(records)
    records["Records"][0]["attributes"]["ApproximateReceiveCount"] = "2"
    assert stage.dispatch(records) == set()
    assert len(endpoint.bodies) == 1


def test_missing_table_brings_every_message_back(stage: Stage, endpoint: Endpoint) -> None:
    boto3.client("dynamodb").delete_table(TableName=layout.table_name(REGISTRY))
    stage.send(EVENTS, message(new_event()), message(new_event()))
    records = stage.receive(EVENTS)
    assert stage.dispatch(records) == {record["messageId"] for record in records["Records"]}
