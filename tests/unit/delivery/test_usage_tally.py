"""What accounts used is written down at once while it is little, and seldom once it is much."""

from dataclasses import dataclass, field, replace

from parcelhook.delivery.usage_tally import MOST_UNWRITTEN, UsageTally
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.usage import Usage
from tests import builders


@dataclass
class Store:
    added: list[tuple[str, Mode, Usage]] = field(default_factory=list)
    refuses: bool = False

    def add(self, account_id: str, mode: Mode, usage: Usage) -> None:
        if self.refuses:
            raise UnavailableError("throttled")
        self.added.append((account_id, mode, replace(usage)))

    @property
    def total(self) -> Usage:
        total = Usage()
        for _, _, usage in self.added:
            total.add(usage)
        return total


def deliver(tally: UsageTally, count: int) -> None:
    """A batch of so many events, each delivered."""
    for _ in range(count):
        tally.accepted(builders.event())
        tally.recorded(builders.delivery().delivered(builders.attempt()))
    tally.ended()


def test_all_that_becomes_of_events_is_counted_and_our_own_events_are_not() -> None:
    store = Store()
    tally = UsageTally(store)
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
    assert store.added == [(builders.ACCOUNT, Mode.LIVE, usage)]


def test_accounts_and_modes_are_counted_apart() -> None:
    store = Store()
    tally = UsageTally(store)
    for account_id, mode in (("acct_1", Mode.LIVE), ("acct_1", Mode.TEST), ("acct_2", Mode.LIVE)):
        tally.accepted(builders.event(account_id=account_id, mode=mode))
    tally.ended()
    tally.ended()
    one = Usage(events=1)
    assert store.added == [("acct_1", Mode.LIVE, one), ("acct_1", Mode.TEST, one), ("acct_2", Mode.LIVE, one)]


def test_little_is_written_with_each_batch() -> None:
    store = Store()
    tally = UsageTally(store)
    for number in range(1, 6):
        deliver(tally, 1)
        assert store.total.delivered == number


def test_much_is_written_seldom_and_nearly_all_of_it() -> None:
    store = Store()
    tally = UsageTally(store)
    batches = 1_000
    for number in range(1, batches + 1):
        deliver(tally, 10)
        unwritten = 10 * number - store.total.delivered
        assert unwritten * 2 < min(MOST_UNWRITTEN, max(20, number * 2))
    assert len(store.added) < batches / 8


def test_what_cannot_be_written_is_written_later() -> None:
    store = Store(refuses=True)
    tally = UsageTally(store)
    deliver(tally, 1)
    store.refuses = False
    deliver(tally, 1)
    assert store.total == Usage(events=2, delivered=2, attempts=2)
