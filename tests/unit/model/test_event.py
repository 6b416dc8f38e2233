"""What an event tells of itself."""

from datetime import timedelta

from parcelhook.model.event import EventType
from tests.builders import IDS, event
from tests.fakes import START

MICROSECOND = timedelta(microseconds=1)


def test_sequence_is_the_moment_of_acceptance_in_microseconds() -> None:
    assert event(ulid=IDS.ulid(START + MICROSECOND)).sequence == 1767384000000001


def test_sequence_fits_a_number_of_javascript_for_two_centuries() -> None:
    last = event(ulid=IDS.ulid(START.replace(year=2254))).sequence
    assert last is not None
    assert last < 2**53


def test_event_about_no_tracking_number_has_no_sequence() -> None:
    assert event(type=EventType.BATCH_COMPLETED).sequence is None
    assert event(data={"tracking_number": ""}).sequence is None


def test_bought_label_with_a_tracking_number_has_a_sequence() -> None:
    assert event(type=EventType.TRANSACTION_CREATED).sequence is not None
