"""Lambda as its triggers see it: environments that stay warm, invocations that end, run out of time, or die."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from parcelhook.resources import Function
from tests.simulation.loop import NumberedTask
from tests.simulation.process import Process, ProcessDied
from tests.simulation.surroundings import Surroundings

Part = TypeVar("Part")


class InvocationFailed(Exception):  # noqa: N818 - what the trigger is told
    """The function raised, ran out of time, or died."""


@dataclass(slots=True)
class Environment(Generic[Part]):
    """A process with what the function's module keeps in it."""

    process: Process
    part: Part


@dataclass(slots=True)
class SimulatedFunction(Generic[Part]):
    """One function and its environments."""

    definition: Function
    surroundings: Surroundings
    build: Callable[[Process], Part]
    idle: list[Environment[Part]] = field(default_factory=list)

    async def invoke(self, work: Callable[[Environment[Part]], Awaitable[Any]]) -> Any:
        """Runs `work` in an environment that is free. Raises `InvocationFailed`."""
        around = self.surroundings
        # Any that is free: what one remembers, another may not have seen yet.
        environment = self.idle.pop(around.random.randrange(len(self.idle))) if self.idle else self._cold()
        process = environment.process
        process.tasks, process.troubles, process.failed_writes = [], 0, []
        limit = around.loop.call_later(self.definition.timeout, process.die, "it ran out of time")
        task = around.loop.create_task(_awaited(work(environment)))
        assert isinstance(task, NumberedTask)
        task.owner = process
        process.tasks.append(task)
        try:
            answer = await task
            process.may_die("before it answered")
        except (ProcessDied, asyncio.CancelledError):
            raise InvocationFailed from None
        except Exception as error:
            around.history.note("raised", process.name, f"{type(error).__name__}: {error}")
            raise InvocationFailed from error
        finally:
            limit.cancel()
            if process.alive:
                self.idle.append(environment)
        return answer

    def _cold(self) -> Environment[Part]:
        process = Process(f"{self.definition.name}-{self.surroundings.next_number()}", self.surroundings)
        return Environment(process, self.build(process))


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work
