"""Dispatch: a batch of queue messages in, the messages that must come again out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.delivery.attempts import Attempter, AttemptResult, Work
from parcelhook.delivery.plan import Plan, Planner, ReceivedMessage
from parcelhook.delivery.record import Done, Recorder
from parcelhook.errors import UnavailableError

_LOGGER = logging.getLogger(__name__)

# At most so many POSTs at once in a worker.
_PARALLEL = 128
# Results are written together: so many, or as many as came within so many seconds of the first.
_GROUP = 25
_GROUP_SECONDS = 0.2
# Kept of a worker's time for writing the last results down.
_RECORDING_SECONDS = 5.0


class AttemptObserver(Protocol):
    """Is told of each attempt."""

    def attempted(self, work: Work, result: AttemptResult) -> None:
        """An attempt was made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Plans, sends in parallel, records as results come in. A customer's failure is never a failure here."""

    planner: Planner
    attempter: Attempter
    recorder: Recorder
    observer: AttemptObserver
    clock: Clock

    async def dispatch(self, messages: Sequence[ReceivedMessage], *, deadline: float) -> set[str]:
        """Deals with `messages` by `deadline` (of the clock's monotonic seconds).

        Answers the ids of those to be received again: AWS would not do its part, or the code has a fault. What cannot
        be started in time is put off to the next bucket, without using up an attempt.
        """
        plan = await asyncio.to_thread(self._plan, messages)
        failed, records = plan.failed, plan.records
        if not plan.works:
            return failed | await asyncio.to_thread(self.recorder.record, records, [])
        async for group in self._groups(plan.works, deadline):
            failed |= {each for each in group if isinstance(each, str)}
            done = [each for each in group if isinstance(each, Done)]
            failed |= await asyncio.to_thread(self.recorder.record, records, done)
            records = []
        return failed

    def _plan(self, messages: Sequence[ReceivedMessage]) -> Plan:
        plan = self.planner.begin()
        for received in messages:
            try:
                self.planner.add(plan, received)
            except UnavailableError:
                _LOGGER.warning("message put back: AWS is unavailable", exc_info=True)
                plan.failed.add(received.id)
            except Exception:
                _LOGGER.exception("message put back: it could not be planned")
                plan.failed.add(received.id)
        return plan

    async def _groups(self, works: Sequence[Work], deadline: float) -> AsyncIterator[list[Done | str]]:
        """Results as they come, in groups: as many as came shortly after the first."""
        free = asyncio.Semaphore(_PARALLEL)
        pending = {asyncio.create_task(self._done(work, free, deadline)) for work in works}
        while pending:
            finished, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            if pending and len(finished) < _GROUP:
                more, pending = await asyncio.wait(pending, timeout=_GROUP_SECONDS)
                finished |= more
            yield [task.result() for task in finished]

    async def _done(self, work: Work, free: asyncio.Semaphore, deadline: float) -> Done | str:
        """The work with its result, or the id of its message where the fault is ours."""
        async with free:
            if self.clock.monotonic() + self.attempter.longest(work) + _RECORDING_SECONDS > deadline:
                return Done(work=work, result=None)
            try:
                result = await self.attempter.attempt(work)
            except Exception:
                _LOGGER.exception("delivery put back: its attempt could not be made")
                return work.message_id
            self._tell(work, result)
            return Done(work=work, result=result)

    def _tell(self, work: Work, result: AttemptResult) -> None:
        try:
            self.observer.attempted(work, result)
        except Exception:
            _LOGGER.exception("attempt not observed")
