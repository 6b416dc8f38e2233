"""Fires what is stored in moto's EventBridge Scheduler, which itself never does."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.schedule_expression import Expression, parse
from parcelhook.clock import Clock

if TYPE_CHECKING:
    from types_boto3_scheduler import EventBridgeSchedulerClient
    from types_boto3_scheduler.type_defs import GetScheduleOutputTypeDef, ScheduleSummaryTypeDef

Target = Callable[[dict[str, Any]], object]

LONGEST_PAUSE_SECONDS = 60
"""Between two tries of a target that fails; the first pause is a second, each further one twice as long."""


@dataclass(slots=True, kw_only=True)
class Timer:
    """A stored schedule and when it is to be fired next."""

    name: str
    modified: datetime
    target: Target
    input: dict[str, Any]
    expression: Expression
    due: datetime
    fire_at: datetime
    most_retries: int
    longest_age: timedelta
    delete_after: bool
    failures: int = 0


class Scheduler:
    """Fires every schedule of a group at its time, or as soon after it as it is polled."""

    def __init__(
        self, client: EventBridgeSchedulerClient, *, group: str, targets: Mapping[str, Target], clock: Clock
    ) -> None:
        """`targets` are the functions by their ARNs."""
        self._client = client
        self._group = group
        self._targets = targets
        self._clock = clock
        self._known: dict[str, tuple[datetime, Timer | None]] = {}

    def poll(self) -> bool:
        """Whether anything was due."""
        self._refresh()
        now = self._clock.now()
        due = [timer for _, timer in self._known.values() if timer and timer.fire_at <= now]
        for timer in sorted(due, key=lambda timer: timer.fire_at):
            self._fire(timer)
        return bool(due)

    def _refresh(self) -> None:
        """Reads what was created or changed, forgets what is gone."""
        stored = {summary["Name"]: summary for summary in self._list()}
        self._known = {
            name: self._known[name]
            if name in self._known and self._known[name][0] == summary["LastModificationDate"]
            else (summary["LastModificationDate"], self._read(name))
            for name, summary in stored.items()
        }

    def _list(self) -> list[ScheduleSummaryTypeDef]:
        pages = self._client.get_paginator("list_schedules").paginate(GroupName=self._group, State="ENABLED")
        return [summary for page in pages for summary in page["Schedules"]]

    def _read(self, name: str) -> Timer | None:
        """The schedule's timer; none when it cannot be fired, or was deleted since it was listed."""
        try:
            return self._timer(self._client.get_schedule(GroupName=self._group, Name=name))
        except self._client.exceptions.ResourceNotFoundException:
            return None
        except (ValueError, KeyError) as error:
            print(f"The schedule {name} cannot be fired: {error}", flush=True)
            return None

    def _timer(self, schedule: GetScheduleOutputTypeDef) -> Timer:
        target = schedule["Target"]
        policy = target.get("RetryPolicy", {})
        expression = parse(schedule["ScheduleExpression"], schedule.get("ScheduleExpressionTimezone", "UTC"))
        due = expression.first(schedule["CreationDate"])
        return Timer(
            name=schedule["Name"],
            modified=schedule["LastModificationDate"],
            target=self._targets[target["Arn"]],
            input=json.loads(target.get("Input", "{}")),
            expression=expression,
            due=due,
            fire_at=due,
            most_retries=policy.get("MaximumRetryAttempts", 185),
            longest_age=timedelta(seconds=policy.get("MaximumEventAgeInSeconds", 86_400)),
            delete_after=schedule.get("ActionAfterCompletion") == "DELETE",
        )

    def _fire(self, timer: Timer) -> None:
        try:
            timer.target(timer.input)
        except Exception:
            traceback.print_exc()
            if self._try_again(timer):
                return
            print(f"The schedule {timer.name} is given up after {timer.failures} failures.", flush=True)
        self._complete(timer)

    def _try_again(self, timer: Timer) -> bool:
        now = self._clock.now()
        timer.failures += 1
        timer.fire_at = now + timedelta(seconds=min(2 ** (timer.failures - 1), LONGEST_PAUSE_SECONDS))
        return timer.failures <= timer.most_retries and timer.fire_at <= timer.due + timer.longest_age

    def _complete(self, timer: Timer) -> None:
        following = timer.expression.following(timer.due, self._clock.now())
        if following:
            timer.due = timer.fire_at = following
            timer.failures = 0
            return
        self._known[timer.name] = (timer.modified, None)
        if timer.delete_after:
            self._delete(timer.name)

    def _delete(self, name: str) -> None:
        try:
            self._client.delete_schedule(GroupName=self._group, Name=name)
        except self._client.exceptions.ResourceNotFoundException:
            # Somebody was faster; it is gone, which is what was wanted.
            return
