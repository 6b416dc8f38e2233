"""Workers are killed in the middle of what they do."""

import os
import signal

from local.sink import Receipt, Sink
from local.testing import RunningStack, wait_for
from tests.e2e.faults.books import ATTEMPTS, PATIENCE, Books, check, duplicates
from tests.e2e.faults.holding import Hold


def test_workers_killed_in_the_middle_of_posts_deliver_after_all(stack: RunningStack, books: Books, sink: Sink) -> None:
    hold = sink.answer = Hold()
    events = books.publish_all(12)
    wait_for(lambda: len(sink.receipts) >= 2, seconds=PATIENCE, what="POSTs")
    workers = kill_workers(stack)
    wait_for(lambda: len(dispatchers(stack) - workers) == len(workers), seconds=PATIENCE, what="other workers")
    held = len(sink.receipts)
    hold.release()
    found = books.settled(events)
    check(found, crashes=1)
    assert {told.state for told in found} == {"delivered"}
    assert [len(told.attempts) for told in found] == [1] * len(events)
    # What was held at the crash is sent again, and nothing else.
    assert 1 <= duplicates(found) <= held


def test_worker_killed_in_the_middle_of_a_retry_uses_up_no_attempt(
    stack: RunningStack, books: Books, sink: Sink
) -> None:
    hold = Hold(status=500)

    def second_is_held(_receipt: Receipt) -> int:
        return hold(_receipt) if len(sink.receipts) == 2 else 500

    sink.answer = second_is_held
    events = [books.publish()]
    wait_for(lambda: len(sink.receipts) == 2, seconds=PATIENCE, what="the second attempt")
    kill_workers(stack)
    hold.release()
    found = books.settled(events)
    check(found, crashes=1)
    assert [(told.state, len(told.attempts), len(told.statuses)) for told in found] == [
        ("discarded", ATTEMPTS, ATTEMPTS + 1)
    ]


def test_scheduler_killed_while_retries_are_due_is_late_and_loses_none(
    stack: RunningStack, books: Books, sink: Sink
) -> None:
    sink.answer = lambda receipt: 503 if receipt.number == 1 else 200
    events = books.publish_all(5)
    books.wait_for_state("retrying", 1)
    killed = stack.state["processes"]["retry"]
    os.kill(killed, signal.SIGKILL)
    found = books.settled(events)
    check(found)
    assert {told.state for told in found} == {"delivered"}
    assert duplicates(found) == 0
    assert stack.state["processes"]["retry"] != killed


def dispatchers(stack: RunningStack) -> set[int]:
    return set(stack.state["processes"]["dispatch"])


def kill_workers(stack: RunningStack) -> set[int]:
    """All that POST, the slow lane's too, which has what failed lately. Answers whom of the others."""
    workers = dispatchers(stack)
    for worker in [*workers, stack.state["processes"]["slow"]]:
        os.kill(worker, signal.SIGKILL)
    return workers
