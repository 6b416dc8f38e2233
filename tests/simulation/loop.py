"""Simulated time: an asyncio event loop whose clock jumps to whatever comes next.

What the product runs in threads runs in greenlets here, so that a call of AWS can take its time in the middle of
ordinary code while everything else goes on. One thread, and no order but the loop's: a run can be repeated exactly.
"""

import asyncio
import itertools
from asyncio.base_events import BaseEventLoop
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from greenlet import getcurrent, greenlet

from tests.simulation.cloud.refusals import SimulationError


class Owner(Protocol):
    """Whom tasks die with."""

    tasks: "list[NumberedTask]"


class NumberedTask(asyncio.Task[Any]):
    """A task whose place in a set depends on its number, not on where in memory it lies."""

    def __init__(self, *arguments: Any, number: int, owner: "Owner | None", **named: Any) -> None:
        self.number, self.owner = number, owner
        super().__init__(*arguments, **named)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


class _Jump:
    """In place of waiting for sockets: time passes at once."""

    def __init__(self, loop: "SimulatedLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise SimulationError("everybody waits, and nothing will ever happen")
        self._loop.seconds += timeout
        return []

    def close(self) -> None:
        return


class SimulatedLoop(BaseEventLoop):
    """Runs a simulated life. `seconds` have passed of it."""

    # asyncio's own.
    _ready: "deque[asyncio.Handle]"
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self._selector = _Jump(self)
        # Far below any time that is drawn, so that two moments that differ stay apart.
        self._clock_resolution = 1e-9
        self._numbers: Iterator[int] = itertools.count()
        self.set_task_factory(self._numbered)  # type: ignore[arg-type]
        self.set_exception_handler(_complain)

    def time(self) -> float:
        return self.seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: object, function: Callable[..., Any], *arguments: Any
    ) -> asyncio.Future[Any]:
        """Runs ordinary code that may `pause`."""
        future = self.create_future()

        def run() -> None:
            try:
                result = function(*arguments)
            except BaseException as error:
                if not future.done():
                    future.set_exception(error)
                elif isinstance(error, SimulationError):
                    raise
            else:
                if not future.done():
                    future.set_result(result)

        self.call_soon(greenlet(run).switch)
        return future

    def pause(self, seconds: float) -> None:
        """Passes time, in code that `run_in_executor` runs. Elsewhere nobody waits for it, and none passes."""
        current = getcurrent()
        if current.parent is None:
            return
        until = self.seconds + seconds
        if not self._ready and (not self._scheduled or self._scheduled[0].when() > until):
            # Nothing else would happen meanwhile.
            self.seconds = until
            return
        self.call_later(seconds, current.switch)
        current.parent.switch()

    def _numbered(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **named: Any) -> Any:
        running = asyncio.current_task(loop)
        owner = running.owner if isinstance(running, NumberedTask) else None
        task = NumberedTask(coroutine, loop=loop, number=next(self._numbers), owner=owner, **named)
        if owner is not None:
            owner.tasks.append(task)
        return task

    def _process_events(self, event_list: object) -> None:
        return

    def _write_to_self(self) -> None:
        return


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tasks of a worker that died are nobody's business; anything else is a fault of the simulation."""
    error = context.get("exception")
    if isinstance(error, SimulationError):
        raise error


class SimulatedClock:
    """A machine's clock, which may differ from the others' by `skew` seconds."""

    def __init__(self, loop: SimulatedLoop, start: datetime, skew: float = 0.0) -> None:
        self._loop, self._start = loop, start + timedelta(seconds=skew)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.seconds)

    def monotonic(self) -> float:
        return self._loop.seconds
