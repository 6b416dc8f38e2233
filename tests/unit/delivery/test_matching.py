"""Who wants an event: read no more often than needed, and never too long ago."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parcelhook.delivery.matching import Matching
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from tests import builders
from tests.fakes import FixedClock
from tests.unit.delivery.fakes import FakeSubscriptions

TRACK, BATCH = EventType.TRACKING_UPDATED, EventType.BATCH_COMPLETED
PLACE = (builders.ACCOUNT, Mode.LIVE, TRACK)


def delivery_to(subscription: Subscription) -> Delivery:
    key = builders.delivery_key(account_id=subscription.account_id, subscription_id=subscription.id)
    return builders.delivery(key=key, event_type=TRACK)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def source() -> FakeSubscriptions:
    return FakeSubscriptions([builders.subscription()])


@pytest.fixture
def matching(source: FakeSubscriptions, clock: FixedClock) -> Matching:
    return Matching(source, clock, timedelta(seconds=5))


def test_what_was_read_serves_for_a_few_seconds(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    for _ in range(5):
        assert matching.subscriptions(*PLACE) == source.subscriptions
        clock.forward(seconds=1)
        matching.begin_batch()
    assert source.reads == 1
    matching.subscriptions(*PLACE)
    assert source.reads == 2


def test_list_read_before_an_event_was_accepted_does_not_serve_it(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    matching.subscriptions(*PLACE)
    clock.forward(seconds=1)
    new = builders.subscription(url="https://new.example.com/")
    source.subscriptions.append(new)
    clock.forward(seconds=1)
    matching.begin_batch()
    assert new in matching.subscriptions(*PLACE, since=clock.now())


def test_list_read_after_an_event_was_accepted_serves_it(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    accepted_at = clock.now()
    clock.forward(seconds=1)
    matching.begin_batch()
    matching.subscriptions(*PLACE)
    clock.forward(seconds=2)
    matching.begin_batch()
    matching.subscriptions(*PLACE, since=accepted_at)
    assert source.reads == 1


def test_old_event_is_matched_with_no_older_list_than_any_other(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    matching.subscriptions(*PLACE)
    source.subscriptions.clear()
    clock.forward(seconds=6)
    matching.begin_batch()
    assert matching.subscriptions(*PLACE, since=clock.now() - timedelta(days=1)) == []


def test_deleted_subscription_receives_for_no_longer_than_that(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    matching.subscriptions(*PLACE)
    source.subscriptions.clear()
    clock.forward(seconds=5.001)
    matching.begin_batch()
    assert matching.subscriptions(*PLACE) == []


def test_one_batch_reads_each_list_once_however_long_it_takes(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    """All events of a batch were accepted before it was received, whatever anybody's clock says."""
    matching.begin_batch()
    for _ in range(3):
        matching.subscriptions(*PLACE, since=clock.now() + timedelta(seconds=3))
        clock.forward(seconds=10)
    assert source.reads == 1


def test_what_is_asked_for_now_is_read_again_in_a_batch_that_takes_long(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    """Who is to be told of what happens at its end may have subscribed since its beginning."""
    matching.begin_batch()
    matching.subscriptions(*PLACE)
    new = builders.subscription(url="https://new.example.com/")
    source.subscriptions.append(new)
    clock.forward(seconds=5.001)
    assert new in matching.subscriptions(*PLACE)


def test_clocks_of_two_machines_may_differ(matching: Matching, source: FakeSubscriptions, clock: FixedClock) -> None:
    matching.subscriptions(*PLACE)
    new = builders.subscription(url="https://new.example.com/")
    source.subscriptions.append(new)
    matching.begin_batch()
    assert new in matching.subscriptions(*PLACE, since=clock.now() - timedelta(milliseconds=200))


def test_account_mode_and_type_are_remembered_apart(matching: Matching, source: FakeSubscriptions) -> None:
    for place in (PLACE, ("acct_other", Mode.LIVE, TRACK), (builders.ACCOUNT, Mode.TEST, TRACK)):
        matching.subscriptions(*place)
    assert matching.subscriptions(builders.ACCOUNT, Mode.LIVE, BATCH) == []
    assert source.reads == 4


def test_subscription_of_a_delivery_is_found_in_what_is_remembered(
    matching: Matching, source: FakeSubscriptions
) -> None:
    (known,) = source.subscriptions
    for _ in range(3):
        matching.begin_batch()
        assert matching.subscription(delivery_to(known)) == known
    assert source.reads == 1


def test_subscription_newer_than_what_is_remembered_is_not_taken_for_deleted(
    matching: Matching, source: FakeSubscriptions, clock: FixedClock
) -> None:
    """Another worker read the list later, and made the delivery."""
    matching.subscriptions(*PLACE)
    new = builders.subscription(url="https://new.example.com/")
    source.unseen.append(new)
    clock.forward(seconds=1)
    matching.begin_batch()
    assert matching.subscription(delivery_to(new)) == new


def test_subscription_switched_on_since_it_was_read_is_not_taken_for_one_that_is_off(
    matching: Matching, source: FakeSubscriptions
) -> None:
    (on,) = source.subscriptions
    source.subscriptions = [replace(on, enabled=False)]
    matching.subscriptions(*PLACE)
    source.subscriptions = [on]
    matching.begin_batch()
    assert matching.subscription(delivery_to(on)) == on


def test_deleted_subscription_is_looked_up_once_in_a_batch(matching: Matching, source: FakeSubscriptions) -> None:
    (gone,) = source.subscriptions
    source.subscriptions = []
    matching.begin_batch()
    for _ in range(3):
        assert matching.subscription(delivery_to(gone)) is None
    assert source.reads == 2
    matching.begin_batch()
    assert matching.subscription(delivery_to(gone)) is None
    assert source.reads == 3


def test_failure_is_not_remembered(matching: Matching, source: FakeSubscriptions) -> None:
    source.fails = True
    with pytest.raises(UnavailableError):
        matching.subscriptions(*PLACE)
    source.fails = False
    assert matching.subscriptions(*PLACE) == source.subscriptions


def test_memory_is_bounded(matching: Matching, source: FakeSubscriptions) -> None:
    for number in range(2_500):
        matching.subscriptions(f"acct_{number}", Mode.LIVE, TRACK)
    matching.subscriptions("acct_0", Mode.LIVE, TRACK)
    assert source.reads == 2_501
