"""What is stored in EventBridge Scheduler is fired at its time."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from types_boto3_scheduler import EventBridgeSchedulerClient
from types_boto3_scheduler.literals import ActionAfterCompletionType
from types_boto3_scheduler.type_defs import RetryPolicyTypeDef

from local.scheduler import Scheduler
from tests.unit.local.fixed_clock import FixedClock

ARN = "arn:aws:lambda:us-east-1:123456789012:function:retry"
GROUP = "group"


class Target:
    """A function that fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self._failures = failures

    def __call__(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if len(self.events) <= self._failures:
            raise RuntimeError("broken")


@pytest.fixture
def client(aws: None) -> EventBridgeSchedulerClient:
    client = boto3.client("scheduler")
    client.create_schedule_group(Name=GROUP)
    return client


def create(
    client: EventBridgeSchedulerClient,
    expression: str,
    *,
    name: str = "due-1",
    after: ActionAfterCompletionType = "DELETE",
    policy: RetryPolicyTypeDef | None = None,
    arn: str = ARN,
) -> None:
    client.create_schedule(
        GroupName=GROUP,
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion=after,
        Target={
            "Arn": arn,
            "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
            "Input": json.dumps({"name": name}),
            "RetryPolicy": policy or {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400},
        },
    )


def at(clock: FixedClock, seconds: float) -> str:
    return f"at({clock.now() + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S})"


def scheduler(client: EventBridgeSchedulerClient, clock: FixedClock, target: Target) -> Scheduler:
    return Scheduler(client, group=GROUP, targets={ARN: target}, clock=clock)


def names(client: EventBridgeSchedulerClient) -> list[str]:
    return [schedule["Name"] for schedule in client.list_schedules(GroupName=GROUP)["Schedules"]]


def test_one_time_schedule_fires_once_at_its_time_and_is_deleted(
    client: EventBridgeSchedulerClient, clock: FixedClock
) -> None:
    create(client, at(clock, 10))
    target = Target()
    subject = scheduler(client, clock, target)
    clock.forward(9)
    assert subject.poll() is False
    clock.forward(1)
    assert subject.poll() is True
    assert subject.poll() is False
    assert target.events == [{"name": "due-1"}]
    assert names(client) == []


def test_one_time_schedule_in_the_past_fires_at_once(client: EventBridgeSchedulerClient, clock: FixedClock) -> None:
    create(client, at(clock, -100))
    target = Target()
    assert scheduler(client, clock, target).poll() is True


def test_one_time_schedule_that_is_to_be_kept_fires_once(client: EventBridgeSchedulerClient, clock: FixedClock) -> None:
    create(client, at(clock, 0), after="NONE")
    target = Target()
    subject = scheduler(client, clock, target)
    subject.poll()
    subject.poll()
    assert len(target.events) == 1
    assert names(client) == ["due-1"]


def test_schedule_created_later_is_found(client: EventBridgeSchedulerClient, clock: FixedClock) -> None:
    target = Target()
    subject = scheduler(client, clock, target)
    assert subject.poll() is False
    create(client, at(clock, 0))
    assert subject.poll() is True


def test_schedule_created_again_under_its_name_fires_again(
    client: EventBridgeSchedulerClient, clock: FixedClock
) -> None:
    target = Target()
    subject = scheduler(client, clock, target)
    create(client, at(clock, 0))
    subject.poll()
    create(client, at(clock, 0))
    subject.poll()
    assert len(target.events) == 2


def test_deleted_schedule_does_not_fire(client: EventBridgeSchedulerClient, clock: FixedClock) -> None:
    create(client, at(clock, 10))
    target = Target()
    subject = scheduler(client, clock, target)
    subject.poll()
    client.delete_schedule(GroupName=GROUP, Name="due-1")
    clock.forward(10)
    assert subject.poll() is False


def test_more_schedules_than_fit_a_page_all_fire(client: EventBridgeSchedulerClient, clock: FixedClock) -> None:
    for number in range(120):
        create(client, at(clock, 0), name=f"due-{number}")
    target = Target()
    scheduler(client, clock, target).poll()
    assert len({event["name"] for event in target.events}) == 120
    assert names(client) == []


def test_recurring_schedule_fires_at_its_rate_and_makes_up_for_nothing(
    client: EventBridgeSchedulerClient, clock: FixedClock
) -> None:
    create(client, "rate(5 minutes)", after="NONE")
    target = Target()
    subject = scheduler(client, clock, target)
    assert subject.poll() is False
    # moto's time of creation has milliseconds, ours has not.
    clock.forward(301)
    subject.poll()
    subject.poll()
    assert len(target.events) == 1
    clock.forward(1000)
    subject.poll()
    subject.poll()
    assert len(target.events) == 2
    clock.forward(300)
    subject.poll()
    assert len(target.events) == 3


def test_failing_target_is_tried_again_after_a_growing_pause(
    client: EventBridgeSchedulerClient, clock: FixedClock, capfd: pytest.CaptureFixture[str]
) -> None:
    create(client, at(clock, 0))
    target = Target(failures=2)
    subject = scheduler(client, clock, target)
    tried = []
    for second in range(10):
        if subject.poll():
            tried.append(second)
        clock.forward(1)
    assert tried == [0, 1, 3]
    assert names(client) == []
    assert "RuntimeError" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("policy", "tries"),
    [
        ({"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 86_400}, 3),
        ({"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 60}, 6),
    ],
)
def test_failing_target_is_given_up_by_the_retry_policy(
    client: EventBridgeSchedulerClient,
    clock: FixedClock,
    policy: RetryPolicyTypeDef,
    tries: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    create(client, at(clock, 0), policy=policy)
    target = Target(failures=1000)
    subject = scheduler(client, clock, target)
    for _ in range(200):
        subject.poll()
        clock.forward(1)
    assert len(target.events) == tries
    assert names(client) == []
    assert "given up" in capfd.readouterr().out


def test_one_failing_target_does_not_hold_up_another(client: EventBridgeSchedulerClient, clock: FixedClock) -> None:
    create(client, at(clock, -1), name="first")
    create(client, at(clock, 0), name="second")
    target = Target(failures=1)
    scheduler(client, clock, target).poll()
    assert [event["name"] for event in target.events] == ["first", "second"]


def test_schedule_that_cannot_be_fired_is_named_once_and_left_alone(
    client: EventBridgeSchedulerClient, clock: FixedClock, capfd: pytest.CaptureFixture[str]
) -> None:
    create(client, "cron(0 12 * * ? *)", name="odd")
    create(client, at(clock, 0), name="strange", arn="arn:aws:sqs:us-east-1:123456789012:queue")
    subject = scheduler(client, clock, Target())
    assert subject.poll() is False
    assert subject.poll() is False
    assert capfd.readouterr().out.count("cannot be fired") == 2
