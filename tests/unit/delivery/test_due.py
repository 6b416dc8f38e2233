"""Schedules in EventBridge Scheduler: named after their bucket, made once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from parcelhook.delivery.due import EventBridgeSchedules, ScheduleTarget
from parcelhook.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_scheduler import EventBridgeSchedulerClient

BUCKET = datetime(2026, 1, 5, 14, 1, tzinfo=UTC)
NAME = "due-20260105T140100Z-3"
TARGET = ScheduleTarget(
    group="parcelhook-dev",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:retry",
    role_arn="arn:aws:iam::123456789012:role/scheduler",
    dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:dead",
)
MADE = {"ScheduleArn": "arn:aws:scheduler:us-east-1:123456789012:schedule/x"}
REQUEST: dict[str, Any] = {
    "Name": NAME,
    "ClientToken": NAME,
    "GroupName": "parcelhook-dev",
    "ScheduleExpression": "at(2026-01-05T14:01:00)",
    "ScheduleExpressionTimezone": "UTC",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "ActionAfterCompletion": "DELETE",
    "Target": ANY,
}


@pytest.fixture
def client() -> "EventBridgeSchedulerClient":
    return boto3.client(
        "scheduler",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def stub(client: "EventBridgeSchedulerClient") -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def test_schedule_fires_once_at_the_bucket_and_names_it(client: "EventBridgeSchedulerClient", stub: Stubber) -> None:
    target = {
        "Arn": TARGET.function_arn,
        "RoleArn": TARGET.role_arn,
        "Input": json.dumps({"kind": "due", "bucket": "2026-01-05T14:01:00Z", "shard": 3}),
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
        "DeadLetterConfig": {"Arn": TARGET.dead_letter_arn},
    }
    stub.add_response("create_schedule", MADE, REQUEST | {"Target": target})
    EventBridgeSchedules(client, TARGET).ensure(BUCKET, 3)


def test_bucket_in_another_zone_is_the_same_schedule(client: "EventBridgeSchedulerClient", stub: Stubber) -> None:
    stub.add_response("create_schedule", MADE, REQUEST)
    EventBridgeSchedules(client, TARGET).ensure(BUCKET.astimezone(timezone(timedelta(hours=9))), 3)


def test_schedule_without_a_dead_letter_queue_names_none(client: "EventBridgeSchedulerClient", stub: Stubber) -> None:
    target = {"Arn": ANY, "RoleArn": ANY, "Input": ANY, "RetryPolicy": ANY}
    stub.add_response("create_schedule", MADE, REQUEST | {"Target": target})
    without = ScheduleTarget(group=TARGET.group, function_arn=TARGET.function_arn, role_arn=TARGET.role_arn)
    EventBridgeSchedules(client, without).ensure(BUCKET, 3)


def test_schedule_that_exists_already_is_all_that_is_wanted(
    client: "EventBridgeSchedulerClient", stub: Stubber
) -> None:
    stub.add_client_error("create_schedule", "ConflictException", http_status_code=409)
    EventBridgeSchedules(client, TARGET).ensure(BUCKET, 3)


@pytest.mark.parametrize("error", [None, "ConflictException"])
def test_schedule_is_asked_for_once(client: "EventBridgeSchedulerClient", stub: Stubber, error: str | None) -> None:
    if error:
        stub.add_client_error("create_schedule", error)
    else:
        stub.add_response("create_schedule", MADE, REQUEST)
    schedules = EventBridgeSchedules(client, TARGET)
    for _ in range(3):
        schedules.ensure(BUCKET, 3)


def test_other_bucket_and_other_shard_are_other_schedules(client: "EventBridgeSchedulerClient", stub: Stubber) -> None:
    for name in ("due-20260105T140100Z-0", "due-20260105T140100Z-1", "due-20260105T140200Z-0"):
        stub.add_response("create_schedule", MADE, dict.fromkeys(REQUEST, ANY) | {"Name": name, "ClientToken": name})
    schedules = EventBridgeSchedules(client, TARGET)
    schedules.ensure(BUCKET, 0)
    schedules.ensure(BUCKET, 1)
    schedules.ensure(BUCKET + timedelta(minutes=1), 0)


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException", "ResourceNotFoundException"])
def test_refusal_is_translated_and_not_taken_for_done(
    client: "EventBridgeSchedulerClient", stub: Stubber, code: str
) -> None:
    stub.add_client_error("create_schedule", code)
    stub.add_response("create_schedule", MADE, REQUEST)
    schedules = EventBridgeSchedules(client, TARGET)
    with pytest.raises(UnavailableError, match=code):
        schedules.ensure(BUCKET, 3)
    schedules.ensure(BUCKET, 3)


def test_broken_connection_is_translated() -> None:
    class Broken:
        def create_schedule(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://scheduler.us-east-1.amazonaws.com")

    with pytest.raises(UnavailableError):
        EventBridgeSchedules(Broken(), TARGET).ensure(BUCKET, 3)  # type: ignore[arg-type]
