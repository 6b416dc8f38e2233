"""Dispatch: a batch of queue messages in, the messages that must come again out."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.attempts import Attempter, AttemptResult, Work
from parcelhook.delivery.backlog import Backlog
from parcelhook.delivery.kept import write_kept
from parcelhook.delivery.lanes import Crossing, Forwarded
from parcelhook.delivery.meanwhile import HELD_AFTER_SECONDS, Meanwhile, Shift
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.planner import Planner
from parcelhook.delivery.record import Done, Recorder
from parcelhook.errors import UnavailableError
from parcelhook.messages import EventsMessage

_LOGGER = logging.getLogger(__name__)

# At most so many POSTs at once in a worker.
_PARALLEL = 128
# Results are written together: so many, or as many as came within so many seconds of the first.
_GROUP = 25
_GROUP_SECONDS = 0.2
# Kept of a worker's time for writing the last results down.
_RECORDING_SECONDS = 5.0


class AttemptObserver(Protocol):
    """Is told of batches and of each attempt. Raises nothing."""

    def received(self, messages: Sequence[ReceivedMessage]) -> None:
        """A batch was received."""
        ...

    def attempted(self, work: Work, result: AttemptResult) -> None:
        """An attempt was made."""
        ...

    def ended(self) -> None:
        """A batch has been dealt with. May wait for AWS."""
        ...


@collaborator(kw_only=True)
class Engine:
    """Plans, sends in parallel, records as results come in. A customer's failure is never a failure here."""

    planner: Planner
    attempter: Attempter
    recorder: Recorder
    observer: AttemptObserver
    clock: Clock
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    """Lets so many seconds pass."""
    backlog: Backlog | None = None
    """Where a worker finds more events while slow endpoints keep it waiting; None where it simply waits."""

    async def dispatch(self, messages: Sequence[ReceivedMessage], *, deadline: float) -> set[str]:
        """Deals with `messages` by `deadline` (of the clock's monotonic seconds).

        Answers the ids of those to be received again: AWS would not do its part, or the code has a fault. What cannot
        be started in time is put off to the next bucket, without using up an attempt.
        """
        shift = Shift(deadline=deadline)
        own = asyncio.ensure_future(self._dispatched(messages, shift))
        if self.backlog is None or not any(isinstance(each.message, EventsMessage) for each in messages):
            return await own
        waiting = asyncio.ensure_future(shift.held.wait())
        await asyncio.wait({own, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not own.done():
            meanwhile = Meanwhile(
                backlog=self.backlog, clock=self.clock, dispatch=lambda more: self._dispatched(more, shift)
            )
            await meanwhile.until_done(own, deadline=deadline)
        return await own

    async def _dispatched(self, messages: Sequence[ReceivedMessage], shift: Shift) -> set[str]:
        self.observer.received(messages)
        plan = await shift.in_turn(self._plan, messages)
        try:
            return await self._carried_out(plan, shift)
        finally:
            if plan.crossing.leases:
                await shift.in_turn(self._release, plan.crossing)
            await shift.in_turn(self.observer.ended)

    async def _carried_out(self, plan: Plan, shift: Shift) -> set[str]:
        failed, unrecorded = plan.failed, tuple(plan.records)
        if plan.kept or plan.crossing.forwarded or not plan.works:
            # Whoever receives what was forwarded, or tries what was kept, looks for its event.
            recorded = await shift.in_turn(self.recorder.record, unrecorded, [])
            failed |= recorded.failed
            unrecorded = recorded.left
            failed |= await shift.in_turn(self._keep, plan, failed)
        async for group in self._groups(plan, shift):
            failed |= {each for each in group if isinstance(each, str)}
            done = [each for each in group if isinstance(each, Done)]
            recorded = await shift.in_turn(self.recorder.record, unrecorded, done)
            failed |= recorded.failed
            # A delivery must not outlast the call without its event: whoever tries it again would find no data.
            unrecorded = recorded.left
        return failed

    def _keep(self, plan: Plan, failed: set[str]) -> set[str]:
        """Writes what is kept and forwards, but for messages that failed. Answers which others do."""
        kept = [each for each in plan.kept if each.message_id not in failed]
        forwarded, again = write_kept(self.recorder.waiting, kept)
        forwarded += [each for each in plan.crossing.forwarded if each.message_id not in failed]
        return again | self._forward(forwarded)

    def _forward(self, forwarded: Sequence[Forwarded]) -> set[str]:
        """Answers which messages must be received again, because the queue would not take what they asked for."""
        try:
            self.planner.admission.lanes.send(forwarded)
        except UnavailableError:
            _LOGGER.warning("deliveries not forwarded: their messages come again", exc_info=True)
            return {each.message_id for each in forwarded}
        return set()

    def _release(self, crossing: Crossing) -> None:
        try:
            self.planner.admission.lanes.release(crossing)
        except UnavailableError:
            _LOGGER.warning("leases not given back: they run out by themselves", exc_info=True)

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
        self.planner.admit(plan)
        return plan

    async def _groups(self, plan: Plan, shift: Shift) -> AsyncIterator[list[Done | str]]:
        """Results as they come, in groups: as many as came shortly after the first. Tells when none comes for long."""
        places = _Places(plan.crossing.turns)
        pending = {asyncio.create_task(self._in_turn(work, places, shift.deadline)) for work in in_rounds(plan.works)}
        while pending:
            patience = None if shift.held.is_set() else HELD_AFTER_SECONDS
            finished, pending = await asyncio.wait(pending, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if not finished:
                shift.held.set()
                continue
            if pending and len(finished) < _GROUP:
                more, pending = await asyncio.wait(pending, timeout=_GROUP_SECONDS)
                finished |= more
            yield [task.result() for task in finished]

    async def _in_turn(self, work: Work, places: "_Places", deadline: float) -> Done | str:
        if work.not_before:
            await self.sleep(max(0.0, (work.not_before - self.clock.now()).total_seconds()))
        own = places.own.get(work.subscription.id)
        if own is None:
            return await self._done(work, places.all, deadline)
        async with own:
            return await self._done(work, places.all, deadline)

    async def _done(self, work: Work, free: asyncio.Semaphore, deadline: float) -> Done | str:
        """The work with its result, or the id of its message where the fault is ours."""
        async with free:
            if self.clock.monotonic() + self.attempter.longest(work) + _RECORDING_SECONDS > deadline:
                return Done(work=work, result=None)
            try:
                result = await self._attempt(work)
            except Exception:
                _LOGGER.exception("delivery put back: its attempt could not be made")
                return work.message_id
            self.observer.attempted(work, result)
            return Done(work=work, result=result)

    async def _attempt(self, work: Work) -> AttemptResult:
        """Tells all workers of a slow endpoint while it is still waited for, so that it gets one POST and no more."""
        loop, notes = asyncio.get_running_loop(), self.recorder.endpoints
        told: list[asyncio.Future[None]] = []

        def tell() -> None:
            told.append(loop.run_in_executor(None, notes.is_slow, work.subscription))

        timer = loop.call_later(notes.fast_budget.total_seconds(), tell)
        try:
            return await self.attempter.attempt(work)
        finally:
            timer.cancel()
            if told:
                await asyncio.gather(*told, return_exceptions=True)


class _Places:
    """How many POSTs at once, of all and of subscriptions that may have only some."""

    def __init__(self, turns: Mapping[str, int]) -> None:
        self.all = asyncio.Semaphore(_PARALLEL)
        self.own = {subscription_id: asyncio.Semaphore(count) for subscription_id, count in turns.items()}


def in_rounds(works: Iterable[Work]) -> list[Work]:
    """`works` with those of different accounts in turn, so that no account waits for all of another's."""
    queues: defaultdict[str, deque[Work]] = defaultdict(deque)
    for work in works:
        queues[work.delivery.key.account_id].append(work)
    if len(queues) == 1:
        return [work for own in queues.values() for work in own]
    ordered: list[Work] = []
    while queues:
        for account_id in list(queues):
            ordered.append(queues[account_id].popleft())
            if not queues[account_id]:
                del queues[account_id]
    return ordered
