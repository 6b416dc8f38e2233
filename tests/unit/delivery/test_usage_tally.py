"""What accounts used is written down at once while it is little, and seldom once it is much."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from parcelhook.delivery.usage_tally import MOST_UNWRITTEN, REMEMBERED, UsageTally
from parcelhook.errors import UnavailableError
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.usage import DailyUsage, Usage
from tests import builders
from tests.fakes import START, CountedBytes, FixedClock

TODAY = START.date()
TOMORROW = TODAY + timedelta(days=1)


@dataclass
class Store:
    kept: dict[str, DailyUsage] = field(default_factory=dict)
    """By the ids of the counts."""
    sizes: list[int] = field(default_factory=list)
    """How many counts each call had."""
    refuses: bool = False
    loses_answers: bool = False

    def write(self, counts: Mapping[str, DailyUsage]) -> None:
        if self.refuses:
            raise UnavailableError("throttled")
        for count_id, daily in counts.items():
            copy = replace(daily, usage=replace(daily.usage))
            kept = self.kept.get(count_id)
            assert kept is None or (kept.day, kept.account_id, kept.mode) == (copy.day, copy.account_id, copy.mode)
            self.kept[count_id] = copy
        self.sizes.append(len(counts))
        if self.loses_answers:
            raise UnavailableError("no answer")

    @property
    def total(self) -> Usage:
        total = Usage()
        for daily in self.kept.values():
            total.add(daily.usage)
        return total

    def events(self) -> dict[tuple[date, str, Mode], int]:
        found: dict[tuple[date, str, Mode], int] = {}
        for daily in self.kept.values():
            whose = (daily.day, daily.account_id, daily.mode)
            found[whose] = found.get(whose, 0) + daily.usage.events
        return found


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def tally(store: Store, clock: FixedClock) -> UsageTally:
    return UsageTally(store=store, clock=clock, ids=Ids(CountedBytes()))


def deliver(tally: UsageTally, count: int) -> None:
    """A batch of so many events, each delivered."""
    for _ in range(count):
        tally.accepted(builders.event())
        tally.recorded(builders.delivery().delivered(builders.attempt()))
    tally.ended()


def accept(tally: UsageTally, *account_ids: str) -> None:
    """A batch of an event of each account."""
    for account_id in account_ids:
        tally.accepted(builders.event(account_id=account_id))
    tally.ended()


def test_all_that_becomes_of_events_is_counted_and_our_own_events_are_not(store: Store, tally: UsageTally) -> None:
    tally.accepted(builders.event())
    tally.accepted(builders.event(type=EventType.CIRCUIT_OPENED))
    tally.recorded(builders.delivery().retrying(builders.failed_attempt(), builders.attempt().at))
    lost = builders.delivery().given_up(builders.failed_attempt(), "All 3 attempts failed.")
    tally.recorded(lost)
    tally.recorded(replace(lost, attempts=(*lost.attempts, builders.failed_attempt(number=2, manual_id="m"))))
    tally.recorded(builders.delivery().delivered(builders.attempt()))
    tally.given_up(builders.delivery().discarded("The subscription is gone.", builders.attempt().at))
    tally.ended()
    usage = Usage(events=1, delivered=1, discarded=2, attempts=4, failed=3)
    assert list(store.kept.values()) == [
        DailyUsage(day=TODAY, account_id=builders.ACCOUNT, mode=Mode.LIVE, usage=usage)
    ]


def test_accounts_and_modes_are_counted_apart_and_written_together_once(store: Store, tally: UsageTally) -> None:
    counted = (("acct_1", Mode.LIVE), ("acct_1", Mode.TEST), ("acct_2", Mode.LIVE))
    for account_id, mode in counted:
        tally.accepted(builders.event(account_id=account_id, mode=mode))
    tally.ended()
    tally.ended()
    assert store.events() == {(TODAY, account_id, mode): 1 for account_id, mode in counted}
    assert store.sizes == [3]


def test_batch_without_anything_to_count_writes_nothing(store: Store, tally: UsageTally) -> None:
    tally.ended()
    assert store.sizes == []


def test_little_is_written_with_each_batch_in_the_place_of_what_was_written(store: Store, tally: UsageTally) -> None:
    for number in range(1, 6):
        deliver(tally, 1)
        assert store.total == Usage(events=number, delivered=number, attempts=number)
    assert len(store.kept) == 1


def test_much_is_written_seldom_and_nearly_all_of_it(store: Store, tally: UsageTally) -> None:
    batches = 1_000
    for number in range(1, batches + 1):
        deliver(tally, 10)
        unwritten = 10 * number - store.total.delivered
        assert unwritten * 2 < min(MOST_UNWRITTEN, max(20, number * 2))
    assert len(store.sizes) < batches / 8


def test_what_cannot_be_written_is_written_later(store: Store, tally: UsageTally) -> None:
    store.refuses = True
    deliver(tally, 1)
    store.refuses = False
    deliver(tally, 1)
    assert store.total == Usage(events=2, delivered=2, attempts=2)


def test_write_whose_answer_is_lost_counts_once(store: Store, tally: UsageTally) -> None:
    store.loses_answers = True
    deliver(tally, 1)
    store.loses_answers = False
    deliver(tally, 1)
    assert store.total == Usage(events=2, delivered=2, attempts=2)
    assert len(store.sizes) == 2


def test_workers_do_not_take_each_others_place(store: Store, clock: FixedClock) -> None:
    ids = Ids(CountedBytes())
    for tally in [UsageTally(store=store, clock=clock, ids=ids) for _ in range(2)] * 2:
        accept(tally, "acct_1")
    assert store.events() == {(TODAY, "acct_1", Mode.LIVE): 4}
    assert len(store.kept) == 2


def test_each_day_is_counted_for_itself(store: Store, clock: FixedClock, tally: UsageTally) -> None:
    accept(tally, "acct_1")
    clock.forward(days=1)
    accept(tally, "acct_1")
    accept(tally, "acct_1")
    assert store.events() == {(TODAY, "acct_1", Mode.LIVE): 1, (TOMORROW, "acct_1", Mode.LIVE): 2}


def test_day_that_is_over_is_written_whole_and_once(store: Store, clock: FixedClock, tally: UsageTally) -> None:
    accept(tally, *["acct_1"] * 100)
    accept(tally, "acct_1")
    assert store.total.events == 100
    clock.forward(days=1)
    tally.ended()
    tally.ended()
    assert store.events() == {(TODAY, "acct_1", Mode.LIVE): 101}
    assert store.sizes == [1, 1]


@pytest.mark.parametrize("was_written", [True, False])
def test_what_fails_at_the_end_of_a_day_is_counted_once_and_under_that_day(
    store: Store, clock: FixedClock, tally: UsageTally, *, was_written: bool
) -> None:
    store.loses_answers, store.refuses = was_written, not was_written
    accept(tally, "acct_1")
    clock.forward(days=1)
    store.loses_answers = store.refuses = False
    accept(tally, "acct_1")
    assert store.events() == {(day, "acct_1", Mode.LIVE): 1 for day in (TODAY, TOMORROW)}


def test_counts_that_were_forgotten_do_not_take_the_place_of_what_was_written(store: Store, tally: UsageTally) -> None:
    accept(tally, *["acct_1"] * 5)
    accept(tally, *(f"acct_{number}" for number in range(2, REMEMBERED + 2)))
    assert len(tally._counts) == 0
    accept(tally, "acct_1")
    assert store.events()[TODAY, "acct_1", Mode.LIVE] == 6
    assert store.total.events == REMEMBERED + 6
