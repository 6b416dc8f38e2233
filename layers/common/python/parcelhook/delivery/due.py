"""Schedules that wake the retry function when a bucket is due: one for a bucket, however much is due in it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from parcelhook.storage.failures import translated
from parcelhook.values import value

if TYPE_CHECKING:
    from types_boto3_scheduler import EventBridgeSchedulerClient
    from types_boto3_scheduler.type_defs import TargetTypeDef

_REMEMBERED = 10_000


class DueSchedules(Protocol):
    """Sees to it that a bucket is attended to."""

    def ensure(self, bucket: datetime, shard: int) -> None:
        """Makes a schedule for this bucket and shard unless there is one. Raises `UnavailableError`."""
        ...


@value(kw_only=True)
class ScheduleTarget:
    """Whom a schedule calls, and as whom."""

    group: str
    function_arn: str
    role_arn: str
    dead_letter_arn: str = ""
    """Where a call goes that never came through; empty is nowhere."""


@dataclass(slots=True)
class EventBridgeSchedules:
    """Schedules in EventBridge Scheduler. Their names come from the bucket, so making one twice is making it once."""

    client: "EventBridgeSchedulerClient"
    target: ScheduleTarget
    _made: set[str] = field(default_factory=set)

    def ensure(self, bucket: datetime, shard: int) -> None:
        name = f"due-{bucket.astimezone(UTC):%Y%m%dT%H%M%SZ}-{shard}"
        if name in self._made:
            return
        with translated():
            try:
                self._create(name, bucket, shard)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConflictException":
                    raise
        if len(self._made) >= _REMEMBERED:
            self._made.clear()
        self._made.add(name)

    def _create(self, name: str, bucket: datetime, shard: int) -> None:
        moment = bucket.astimezone(UTC)
        target: TargetTypeDef = {
            "Arn": self.target.function_arn,
            "RoleArn": self.target.role_arn,
            "Input": json.dumps({"kind": "due", "bucket": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "shard": shard}),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
        }
        if self.target.dead_letter_arn:
            target["DeadLetterConfig"] = {"Arn": self.target.dead_letter_arn}
        self.client.create_schedule(
            Name=name,
            ClientToken=name,
            GroupName=self.target.group,
            ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=target,
        )
