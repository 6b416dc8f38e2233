"""How fast an account may publish, and what knowing that costs."""

from dataclasses import dataclass, field

import pytest

from parcelhook.errors import TooManyEventsError, UnavailableError
from parcelhook.publishing_limit import PublishingLimit
from parcelhook.resources import LEDGER
from parcelhook.storage.publishing_rates import PublishingRates
from tests.cloud import Cloud
from tests.fakes import START, FixedClock

ACCOUNT, OTHER = "acct_1", "acct_2"


@dataclass(slots=True)
class SharedRates:
    """What all functions share, in memory."""

    clock: FixedClock
    until: dict[str, int] = field(default_factory=dict)
    reports: int = 0
    refuses: bool = False

    def use(self, account_id: str, microseconds: int) -> int:
        if self.refuses:
            raise UnavailableError("no")
        self.reports += 1
        now = int(self.clock.now().timestamp() * 1_000_000)
        self.until[account_id] = max(now, self.until.get(account_id, 0)) + microseconds
        return self.until[account_id]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def rates(clock: FixedClock) -> SharedRates:
    return SharedRates(clock)


def limit(rates: SharedRates, *, per_second: int = 100, burst: int = 1000) -> PublishingLimit:
    """Of one function."""
    return PublishingLimit(rates=rates, clock=rates.clock, per_second=per_second, burst=burst)


def taken(limit: PublishingLimit, tries: int, *, events: int = 1, account_id: str = ACCOUNT) -> int:
    """How many events get through."""
    through = 0
    for _ in range(tries):
        try:
            limit.take(account_id, events)
        except TooManyEventsError:
            continue
        through += events
    return through


def test_burst_is_taken_at_once_and_no_more(rates: SharedRates) -> None:
    assert taken(limit(rates), 5000) == 1000 + 20


def test_rate_is_what_is_taken_in_the_long_run(rates: SharedRates, clock: FixedClock) -> None:
    one = limit(rates)
    through = 0
    for _ in range(100):
        through += taken(one, 500)
        clock.forward(seconds=1)
    assert 100 * 100 <= through <= 100 * 100 + 1000 + 40


def test_functions_share_the_limit_but_for_what_each_has_not_said(rates: SharedRates) -> None:
    functions = [limit(rates) for _ in range(10)]
    through = sum(taken(each, 1) for _ in range(5000) for each in functions)
    assert 1000 <= through <= 1000 + 10 * 20


def test_refused_account_is_told_when_to_come_back_and_is_let_in_then(rates: SharedRates, clock: FixedClock) -> None:
    one = limit(rates)
    taken(one, 1100)
    with pytest.raises(TooManyEventsError) as caught:
        one.take(ACCOUNT, 1)
    assert str(caught.value) == "This account has published more than 1000 events at once and 100 a second."
    assert caught.value.retry_after_seconds == 1
    clock.forward(seconds=caught.value.retry_after_seconds)
    one.take(ACCOUNT, 1)


def test_refused_events_do_not_count(rates: SharedRates) -> None:
    one = limit(rates)
    taken(one, 1100)
    before = dict(rates.until)
    taken(one, 10_000)
    assert rates.until == before


def test_other_accounts_are_not_slowed_down(rates: SharedRates) -> None:
    one = limit(rates)
    taken(one, 5000)
    assert taken(one, 500, account_id=OTHER) == 500


def test_report_is_made_for_every_so_many_events(rates: SharedRates) -> None:
    assert taken(limit(rates, per_second=500, burst=10_000), 10_000) == 10_000
    assert rates.reports == 100


def test_batches_are_reported_by_their_events(rates: SharedRates) -> None:
    taken(limit(rates, per_second=500, burst=10_000), 100, events=10)
    assert rates.reports == 10


def test_quiet_account_costs_no_report(rates: SharedRates, clock: FixedClock) -> None:
    one = limit(rates, per_second=500)
    for _ in range(1000):
        one.take(ACCOUNT, 9)
        clock.forward(seconds=1.1)
    assert rates.reports == 0


def test_small_limit_is_exact_but_for_an_event_of_each_function(rates: SharedRates) -> None:
    functions = [limit(rates, per_second=1, burst=100) for _ in range(10)]
    assert 100 <= sum(taken(each, 50) for each in functions) <= 100 + 10


def test_no_limit_counts_nothing(rates: SharedRates) -> None:
    assert taken(limit(rates, per_second=0), 100_000) == 100_000
    assert rates.reports == 0


def test_events_that_cannot_be_counted_are_taken(rates: SharedRates) -> None:
    rates.refuses = True
    assert taken(limit(rates), 5000) == 5000


def test_memory_is_bounded(rates: SharedRates) -> None:
    one = limit(rates)
    for number in range(25_000):
        one.take(f"acct_{number}", 1)
    assert len(one._counts) <= 10_000


def test_table_keeps_what_all_functions_used(cloud: Cloud, clock: FixedClock) -> None:
    table, client = cloud.table(LEDGER)
    rates = PublishingRates(table=table, clock=clock)
    start = int(START.timestamp() * 1_000_000)
    assert rates.use(ACCOUNT, 500_000) == start + 500_000
    assert len(client.calls) == 1
    assert PublishingRates(table=table, clock=clock).use(ACCOUNT, 250_000) == start + 750_000
    assert rates.use(ACCOUNT, 1) == start + 750_001
    assert rates.use(OTHER, 7) == start + 7
    clock.forward(seconds=10)
    assert rates.use(ACCOUNT, 3) == start + 10_000_003


def test_table_forgets_an_idle_account(cloud: Cloud, clock: FixedClock) -> None:
    table, _ = cloud.table(LEDGER)
    PublishingRates(table=table, clock=clock).use(ACCOUNT, 1)
    (row,) = cloud.rows(table)
    assert int(row["expires_at"]["N"]) == int(START.timestamp()) + 86_400
