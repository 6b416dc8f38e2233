"""The front is killed while somebody publishes."""

import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor

from local.sink import Sink
from local.testing import RunningStack, wait_for
from tests.e2e.client import Client
from tests.e2e.faults.books import PATIENCE, Books, check, duplicates

EVENTS = 12
"""For each time that the front is killed."""
PUBLISHERS = 4
LEAST_KILLS, MOST_KILLS = 2, 8


def test_front_killed_while_publishing_loses_no_202_and_doubles_nothing(
    stack: RunningStack, books: Books, sink: Sink
) -> None:
    publishing: list[Future[str]] = []
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        # Nobody sees from outside whether a call is half way: it is killed until it was.
        for kills in range(1, MOST_KILLS + 1):
            accepted = books.answers[202] + 1
            publishing += [pool.submit(books.publish) for _ in range(EVENTS)]
            wait_for(lambda: books.answers[202] >= accepted, seconds=PATIENCE, what=f"{accepted} times 202")  # noqa: B023
            kill_front(stack)
            if kills >= LEAST_KILLS and broken(books):
                break
        events = [each.result() for each in publishing]
    assert len(set(events)) == len(publishing)
    found = books.settled(events)
    check(found, crashes=kills)
    assert {told.state for told in found} == {"delivered"}
    # A call that broke after it had queued its event is made again, and may be queued again.
    assert duplicates(found) <= broken(books)
    assert broken(books) >= 1


def test_front_killed_forgets_nothing(client: Client, stack: RunningStack) -> None:
    webhook_id = client.subscribe("report_complete", client.bin_url("restarted"))
    kill_front(stack)
    assert client.get(f"/v1/environment/webhooks/{webhook_id}")["event"] == "report_complete"
    client.publish("report.completed", {"report_type": "shipments", "report_url": "https://reports.example.com/1"})
    assert len(client.arrived("restarted")) == 1


def broken(books: Books) -> int:
    """How many calls to publish were not answered with 202."""
    return sum(count for answer, count in books.answers.items() if answer != 202)


def kill_front(stack: RunningStack) -> None:
    """Kills it, and waits until there is another."""
    front = stack.state["processes"]["front"]
    os.kill(front, signal.SIGKILL)
    wait_for(
        lambda: stack.state["processes"]["front"] not in {None, front}, seconds=PATIENCE, what="the front's restart"
    )
