"""The front is killed while somebody publishes."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

from local.sink import Sink
from local.testing import RunningStack, wait_for
from tests.e2e.client import Client
from tests.e2e.faults.books import PATIENCE, Books, check, duplicates

EVENTS = 24
PUBLISHERS = 4


def test_front_killed_while_publishing_loses_no_202_and_doubles_nothing(
    stack: RunningStack, books: Books, sink: Sink
) -> None:
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        publishing = [pool.submit(books.publish) for _ in range(EVENTS)]
        for accepted in (5, 15):
            wait_for(lambda: books.answers[202] >= accepted, seconds=PATIENCE, what=f"{accepted} times 202")  # noqa: B023
            kill_front(stack)
        events = [each.result() for each in publishing]
    assert len(set(events)) == EVENTS
    broken = sum(count for answer, count in books.answers.items() if answer != 202)
    found = books.settled(events)
    check(found, crashes=1)
    assert {told.state for told in found} == {"delivered"}
    # A call that broke after it had queued its event is made again, and may be queued again.
    assert duplicates(found) <= broken
    assert broken >= 1


def test_front_killed_forgets_nothing(client: Client, stack: RunningStack) -> None:
    webhook_id = client.subscribe("report_complete", client.bin_url("restarted"))
    kill_front(stack)
    assert client.get(f"/v1/environment/webhooks/{webhook_id}")["event"] == "report_complete"
    client.publish("report.completed", {"report_type": "shipments", "report_url": "https://reports.example.com/1"})
    assert len(client.arrived("restarted")) == 1


def kill_front(stack: RunningStack) -> None:
    """Kills it, and waits until there is another."""
    front = stack.state["processes"]["front"]
    os.kill(front, signal.SIGKILL)
    wait_for(
        lambda: stack.state["processes"]["front"] not in {None, front}, seconds=PATIENCE, what="the front's restart"
    )
