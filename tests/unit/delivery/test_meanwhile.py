"""A worker that slow endpoints keep waiting goes on receiving."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from parcelhook.delivery.backlog import MOST_RECEIVED
from parcelhook.delivery.meanwhile import Meanwhile
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.errors import UnavailableError
from tests import builders
from tests.fakes import FixedClock
from tests.unit.delivery.system import events_message


@dataclass(slots=True)
class Waiting:
    """A backlog of so many messages, and what became of it."""

    left: int
    refuses: bool = False
    received: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def receive(self) -> list[ReceivedMessage]:
        if self.refuses:
            raise UnavailableError("throttled")
        count = min(self.left, MOST_RECEIVED)
        self.left -= count
        ids = [f"message-{self.left + number}" for number in range(count)]
        self.received += ids
        message = events_message(builders.event()).message
        return [ReceivedMessage(id=each, message=message) for each in ids]

    def handled(self, ids: Sequence[str]) -> None:
        self.deleted += ids


def go_on(backlog: Waiting, *, seconds: float, failing: str = "") -> list[int]:
    """Holds a worker, with so many seconds left, until it received nothing more. Answers the sizes of its batches."""
    sizes: list[int] = []

    async def dispatch(messages: Sequence[ReceivedMessage]) -> set[str]:
        sizes.append(len(messages))
        if failing == "all":
            raise ValueError("a fault")
        return {failing} & {each.id for each in messages}

    async def held() -> None:
        own: asyncio.Future[set[str]] = asyncio.get_running_loop().create_future()
        clock = FixedClock()
        meanwhile = Meanwhile(backlog=backlog, clock=clock, dispatch=dispatch)
        going_on = asyncio.ensure_future(meanwhile.until_done(own, deadline=clock.monotonic() + seconds))
        for _ in range(200):
            await asyncio.sleep(0)
            await asyncio.to_thread(lambda: None)
        own.set_result(set())
        await going_on

    asyncio.run(held())
    return sizes


def test_whole_batches_are_received_one_after_the_other_and_deleted() -> None:
    backlog = Waiting(25)

    assert go_on(backlog, seconds=60) == [10, 10, 5]
    assert (len(backlog.deleted), backlog.left) == (25, 0)
    assert sorted(backlog.deleted) == sorted(backlog.received)


def test_nothing_is_received_that_might_not_be_done_in_time() -> None:
    backlog = Waiting(25)

    assert go_on(backlog, seconds=45) == []
    assert backlog.left == 25


def test_what_failed_is_left_in_the_queue() -> None:
    backlog = Waiting(3)

    go_on(backlog, seconds=60, failing="message-1")

    assert sorted(backlog.deleted) == ["message-0", "message-2"]


def test_a_fault_of_ours_or_of_aws_ends_nothing_but_its_own_batch() -> None:
    faulty, refusing = Waiting(3), Waiting(3, refuses=True)

    assert go_on(faulty, seconds=60, failing="all") == [3]
    assert go_on(refusing, seconds=60) == []
    assert (faulty.deleted, refusing.deleted) == ([], [])
