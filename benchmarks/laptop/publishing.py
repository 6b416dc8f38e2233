"""Publishes at a rate of its own, whatever the answers: what waits for answers never sees an overload."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

_TIMEOUT_SECONDS = 35.0
"""More than API Gateway waits for a function."""
MOST_OPEN = 400
"""Calls at a time; what would be more is not made, and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to publish one event. Times in monotonic seconds."""

    event_id: str
    """The publisher's own, which the event's data names too."""
    began: float
    ended: float
    answer: int | str
    """The status, or the name of the error."""
    retry_after: str | None = None

    @property
    def is_accepted(self) -> bool:
        return self.answer == httpx.codes.ACCEPTED


def transaction(event_id: str) -> dict[str, Any]:
    """An event that only Shippo's subscriptions can want."""
    return {"id": event_id, "type": "transaction.created", "data": {"object_id": event_id, "status": "SUCCESS"}}


def tracking_update(event_id: str) -> dict[str, Any]:
    """An event for subscriptions of every vendor."""
    data = {"tracking_number": event_id, "carrier": "ups", "status": "in_transit"}
    return {"id": event_id, "type": "tracking.updated", "data": data}


@dataclass(slots=True)
class Publisher:
    """Somebody who publishes."""

    base_url: str
    key: str
    event: Callable[[str], dict[str, Any]] = transaction
    """Of an id."""
    calls: list[Call] = field(default_factory=list)
    """Those that are answered."""
    not_made: int = 0
    _open: int = 0

    def accepted(self) -> list[Call]:
        return [call for call in self.calls if call.is_accepted]

    async def publish(self, moments: Iterable[float]) -> None:
        """Calls at each moment (seconds from now, ascending) and returns when all calls are answered."""
        limits = httpx.Limits(max_connections=MOST_OPEN, max_keepalive_connections=50)
        headers = {"API-Key": self.key}
        began = time.monotonic()
        async with (
            httpx.AsyncClient(
                base_url=self.base_url, headers=headers, limits=limits, timeout=_TIMEOUT_SECONDS, trust_env=False
            ) as http,
            asyncio.TaskGroup() as calls,
        ):
            for moment in moments:
                await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
                if self._open >= MOST_OPEN:
                    self.not_made += 1
                    continue
                self._open += 1
                calls.create_task(self._call(http))

    async def _call(self, http: httpx.AsyncClient) -> None:
        event_id, began = uuid.uuid4().hex, time.monotonic()
        retry_after = None
        try:
            response = await http.post("/v1/events", json=self.event(event_id))
            answer: int | str = response.status_code
            retry_after = response.headers.get("retry-after")
        except httpx.TransportError as error:
            answer = type(error).__name__
        finally:
            self._open -= 1
        self.calls.append(
            Call(event_id=event_id, began=began, ended=time.monotonic(), answer=answer, retry_after=retry_after)
        )


def steady(rate: float, seconds: float) -> list[float]:
    """The moments of a steady rate, in calls a second."""
    return [number / rate for number in range(int(rate * seconds))]


def bursts(size: int, count: int, apart: float) -> list[float]:
    """The moments of `count` bursts of `size` calls at once, so many seconds apart."""
    return [number * apart for number in range(count) for _ in range(size)]


def answers(calls: Sequence[Call]) -> Counter[str]:
    """How calls ended, and whether they were told when to try again."""
    return Counter(f"{call.answer}{' with Retry-After' if call.retry_after else ''}" for call in calls)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; nan where there is nothing."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
