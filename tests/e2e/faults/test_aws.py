"""AWS does not answer, or breaks connections, and is back with what it held."""

import os
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from local.sink import Receipt, Sink
from local.testing import RunningStack, start_stack, wait_for
from tests.e2e.faults.books import PATIENCE, Books, check, duplicates

EVENTS = 18
RESTARTS = 2
# An outage costs a delivery one POST at most while claims last longer than it takes to write an attempt down. That may
# take long on an AWS that has just come back.
TIMES = {"RETRY_INTERVAL_SECONDS": "2", "VISIBILITY_TIMEOUT_SECONDS": "10"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack whose claims outlast what follows an outage."""
    running = start_stack(tmp_path_factory.mktemp("stack"), TIMES)
    yield running
    assert running.stop(signal.SIGTERM) == 0


def test_aws_restarted_in_the_middle_loses_nothing(stack: RunningStack, books: Books, sink: Sink) -> None:
    first_arrivals = count(1)

    def every_third_fails_once(receipt: Receipt) -> int:
        return 503 if receipt.number == 1 and next(first_arrivals) % 3 == 0 else 200

    sink.answer = every_third_fails_once
    with ThreadPoolExecutor(2) as pool:
        publishing = [pool.submit(books.publish) for _ in range(EVENTS)]
        for accepted in (EVENTS // 3, 2 * EVENTS // 3):
            wait_for(lambda: books.answers[202] >= accepted, seconds=PATIENCE, what=f"{accepted} times 202")  # noqa: B023
            restart_aws(stack)
        events = [each.result() for each in publishing]
    assert len(set(events)) == EVENTS
    found = books.settled(events)
    check(found, crashes=RESTARTS)
    assert {told.state for told in found} == {"delivered"}


def test_publisher_whose_call_hung_with_aws_publishes_again_and_once(
    stack: RunningStack, books: Books, sink: Sink
) -> None:
    mine, aws = uuid.uuid4().hex, stack.state["processes"]["aws"]
    os.kill(aws, signal.SIGSTOP)
    try:
        assert books.publish_once(mine, timeout=1.0) is None
    finally:
        os.kill(aws, signal.SIGCONT)
    event = wait_for(lambda: books.publish_once(mine, timeout=20.0), seconds=PATIENCE, what="a 202")
    found = books.settled([event])
    check(found)
    assert [(told.state, len(told.statuses)) for told in found] == [("delivered", 1)]
    assert duplicates(found) == 0


def restart_aws(stack: RunningStack) -> None:
    aws = stack.state["processes"]["aws"]
    os.kill(aws, signal.SIGTERM)
    wait_for(lambda: stack.state["processes"]["aws"] not in {None, aws}, seconds=PATIENCE, what="AWS's restart")
