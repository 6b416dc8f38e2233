"""What workers counted is kept once however often it is written, and told in sums."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.usage import DailyUsage, Usage
from parcelhook.storage.table import DynamoTable
from parcelhook.storage.usage import LONGEST_DAYS, UsageDays
from tests.cloud import Cloud
from tests.fakes import ObservedClient, throttled

DAY = date(2026, 1, 31)


def daily(events: int, day: date = DAY, account_id: str = "acct_1", mode: Mode = Mode.LIVE) -> DailyUsage:
    return DailyUsage(day=day, account_id=account_id, mode=mode, usage=Usage(events=events))


def numbered(*counts: DailyUsage) -> Mapping[str, DailyUsage]:
    return {f"count{number}": each for number, each in enumerate(counts)}


@pytest.fixture
def days(table: DynamoTable) -> UsageDays:
    return UsageDays(table)


def test_all_that_was_counted_is_read_back(days: UsageDays) -> None:
    usage = Usage(events=1, delivered=2, discarded=3, attempts=4, failed=5)
    counted = DailyUsage(day=DAY, account_id="acct_1", mode=Mode.TEST, usage=usage)
    days.write({"a": counted})
    assert days.of_account("acct_1", Mode.TEST, DAY, DAY) == days.of_all(DAY, DAY) == [counted]


def test_counts_of_workers_are_summed(days: UsageDays) -> None:
    days.write({"a": daily(2), "b": daily(3)})
    days.write({"c": daily(4)})
    assert days.of_account("acct_1", Mode.LIVE, DAY, DAY) == days.of_all(DAY, DAY) == [daily(9)]


def test_count_takes_the_place_of_what_it_was_and_may_be_written_twice(days: UsageDays, client: ObservedClient) -> None:
    days.write({"a": daily(2)})
    client.repeat("batch_write_item")
    days.write({"a": daily(5)})
    assert days.of_all(DAY, DAY) == [daily(5)]


def test_write_that_failed_after_it_was_done_may_be_made_again(days: UsageDays, client: ObservedClient) -> None:
    client.fail_afterwards("batch_write_item", throttled("BatchWriteItem"))
    with pytest.raises(UnavailableError):
        days.write({"a": daily(2)})
    days.write({"a": daily(3)})
    assert days.of_all(DAY, DAY) == [daily(3)]


def test_counts_of_a_batch_are_written_in_one_call(days: UsageDays, client: ObservedClient) -> None:
    days.write(numbered(*(daily(1, account_id=f"acct_{number}") for number in range(25))))
    assert [call.operation for call in client.calls] == ["batch_write_item"]


def test_item_is_kept_for_400_days_after_its_day(days: UsageDays, table: DynamoTable, cloud: Cloud) -> None:
    days.write({"a": daily(1)})
    (row,) = cloud.rows(table)
    ends = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=400)
    assert (row["expires_at"]["N"], row["schema"]["N"]) == (str(int(ends.timestamp())), "1")


def test_account_is_told_its_own_days_in_order_from_the_first_to_the_last(days: UsageDays) -> None:
    wanted = [daily(number, DAY + timedelta(days=number)) for number in range(1, 40)]
    days.write(numbered(daily(100), *reversed(wanted), daily(100, DAY + timedelta(days=40))))
    found = days.of_account("acct_1", Mode.LIVE, DAY + timedelta(days=1), DAY + timedelta(days=39))
    assert found == wanted


def test_accounts_whose_ids_begin_alike_and_modes_are_told_apart(days: UsageDays) -> None:
    counted = [
        daily(number, account_id=account_id, mode=mode)
        for number, (account_id, mode) in enumerate(
            ((account_id, mode) for account_id in ("acct_1", "acct_10", "acct_1A", "acct_") for mode in Mode), start=1
        )
    ]
    days.write(numbered(*counted))
    for each in counted:
        assert days.of_account(each.account_id, each.mode, DAY, DAY) == [each]


def test_all_accounts_are_told_day_by_day_over_months(days: UsageDays) -> None:
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    wanted = [daily(1), daily(2, account_id="acct_2"), daily(3, after), daily(4, after, mode=Mode.TEST)]
    days.write(numbered(*reversed(wanted), daily(5, before), daily(6, after + timedelta(days=1))))
    assert days.of_all(DAY, after) == wanted


def test_longest_period_of_an_account_is_a_query_for_each_month(days: UsageDays, client: ObservedClient) -> None:
    until = DAY + timedelta(days=LONGEST_DAYS - 1)
    days.of_account("acct_1", Mode.LIVE, DAY, until)
    assert [call.operation for call in client.calls] == ["query"] * 5


def test_no_day_has_nothing(days: UsageDays) -> None:
    last = date.max
    assert days.of_account("acct_1", Mode.LIVE, last, last) == days.of_all(last, last) == []
