"""The endpoint goes down and comes back, or does not."""

from local.sink import Sink
from tests.e2e.faults.books import ATTEMPTS, Books, check, duplicates


def test_endpoint_that_was_down_gets_all_once_it_is_up(books: Books, sink: Sink) -> None:
    sink.down()
    events = books.publish_all(8)
    books.wait_for_state("retrying", 1)
    sink.up()
    found = books.settled(events)
    check(found)
    assert {told.state for told in found} == {"delivered"}
    # Who was refused a connection has sent nothing.
    assert [len(told.statuses) for told in found] == [1] * len(events)


def test_endpoint_that_stays_bad_is_given_up_after_exactly_its_attempts(books: Books, sink: Sink) -> None:
    sink.answer = lambda _receipt: 500
    events = books.publish_all(6)
    found = books.settled(events)
    check(found)
    assert {(told.state, len(told.attempts), len(told.statuses)) for told in found} == {
        ("discarded", ATTEMPTS, ATTEMPTS)
    }
    assert duplicates(found) == 0
