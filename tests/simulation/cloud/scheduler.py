"""EventBridge Scheduler as its client shows it: one-time schedules that delete themselves."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.simulation.cloud.refusals import SimulationError, expect, invalid, refusal

_KNOWN = frozenset(
    {
        "Name",
        "ClientToken",
        "GroupName",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "FlexibleTimeWindow",
        "ActionAfterCompletion",
        "Target",
    }
)


@dataclass(frozen=True, slots=True)
class SimulatedSchedule:
    """A stored schedule."""

    name: str
    token: str
    at: datetime
    input: dict[str, Any]
    retries: int
    """How often a call that failed is made again."""


class SimulatedScheduler:
    """Keeps schedules, and tells who fires them of each new one."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.min.replace(tzinfo=UTC),
        created: Callable[[SimulatedSchedule], None] = lambda _: None,
    ) -> None:
        self.schedules: dict[str, SimulatedSchedule] = {}
        self._now, self._created = now, created

    def create_schedule(self, **parameters: Any) -> dict[str, Any]:
        expect("CreateSchedule", parameters, _KNOWN)
        if parameters["ActionAfterCompletion"] != "DELETE" or parameters["FlexibleTimeWindow"] != {"Mode": "OFF"}:
            raise SimulationError("only exact schedules that delete themselves are simulated")
        name, token = parameters["Name"], parameters["ClientToken"]
        known = self.schedules.get(name)
        if known is not None:
            raise refusal("ConflictException", "CreateSchedule", f"Schedule {name} already exists.", status=409)
        try:
            at = datetime.strptime(parameters["ScheduleExpression"], "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
        except ValueError as error:
            raise invalid("CreateSchedule", "Invalid Schedule Expression") from error
        target = parameters["Target"]
        retries = target["RetryPolicy"]["MaximumRetryAttempts"]
        schedule = SimulatedSchedule(name, token, max(at, self._now()), json.loads(target["Input"]), retries)
        self.schedules[name] = schedule
        self._created(schedule)
        return {"ScheduleArn": f"arn:aws:scheduler:simulated:{name}"}

    def delete(self, schedule: SimulatedSchedule) -> None:
        """It has run."""
        self.schedules.pop(schedule.name, None)
