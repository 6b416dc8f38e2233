"""Lists, recoveries and stats go over sheets as if each delivery had an item of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.recovery import Recovery, RecoveryKey
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import DeliveryFilter, Lists
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.sheets import AT_ONCE_VERSION, newest_first
from parcelhook.storage.stats import Stats
from tests.builders import ACCOUNT, delivery, failed_attempt, ulid
from tests.fakes import START, ObservedClient
from tests.unit.storage.sheets import LIVE, happened, listed, record, recorded, to


def recovery(**members: Any) -> Recovery:
    given: dict[str, Any] = {
        "key": RecoveryKey(ACCOUNT, LIVE, ulid()),
        "subscription_id": "se-1",
        "since": START,
        "until": None,
        "states": (DeliveryState.DELIVERED,),
        "created_at": START,
        "updated_at": START,
        "due_at": START,
    }
    return Recovery(**(given | members))


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_over_sheets_of_several_workers_have_no_gaps_and_no_repeats(ledger: Ledger, limit: int) -> None:
    """Two workers had every other event; some deliveries failed and have items of their own."""
    events = [happened(30 * number) for number in range(90)]
    made: list[Delivery] = []
    for mine in (events[::2], events[1::2]):
        failed = mine[::5]
        own = [to(each) for each in mine if each not in failed]
        record(ledger, own, [each for each in mine if each not in failed])
        record(ledger, [], failed)
        made += [replace(each, version=AT_ONCE_VERSION) for each in own]
        made += [ledger.save(delivery(key=to(each).key).retrying(failed_attempt(), START)) for each in failed]
    expected = sorted(made, key=lambda each: each.key.event_ulid, reverse=True)
    assert listed(ledger, limit, subscription_id="se-1") == expected


def test_delivery_on_two_sheets_is_listed_once(ledger: Ledger) -> None:
    """Two workers had one message."""
    events = [happened(number) for number in range(6)]
    for mine in (events[:4], events[2:]):
        record(ledger, [to(each) for each in mine], mine)
    assert [each.key.event_ulid for each in listed(ledger, subscription_id="se-1")] == [
        each.ulid for each in reversed(events)
    ]


def test_listing_a_subscription_reads_sheets_instead_of_deliveries(ledger: Ledger, client: ObservedClient) -> None:
    recorded(ledger, 400)
    client.calls.clear()
    assert (
        len(
            Lists(ledger)
            .deliveries(ACCOUNT, LIVE, DeliveryFilter(subscription_id="se-1"), limit=100, cursor=None)
            .elements
        )
        == 100
    )
    assert client.items_read <= 10


def test_recovery_finds_what_is_on_sheets_within_its_time(ledger: Ledger) -> None:
    made = recorded(ledger, 50, step=20)
    own = ledger.save(made[25].recovered(START, START))
    since, until = (START + timedelta(milliseconds=each) for each in (201, 799))
    found = Recoverable(ledger).page(recovery(since=since, until=until), limit=1_000, most_looked_at=10_000)
    assert list(found.keys) == [each.key for each in made[11:40] if each.key != own.key]


def test_pages_of_a_recovery_over_sheets_have_no_gaps_and_no_repeats(ledger: Ledger) -> None:
    made = recorded(ledger, 100)
    recoverable, wanted = Recoverable(ledger), recovery()
    found: list[DeliveryKey] = []
    while True:
        page = recoverable.page(wanted, limit=7, most_looked_at=10_000)
        found += page.keys
        if page.cursor is None:
            break
        wanted = replace(wanted, cursor=page.cursor)
    assert sorted(each.event_ulid for each in found) == [each.key.event_ulid for each in made]
    assert recoverable.count(recovery(), most_looked_at=1_000) == (100, True)


def test_stats_count_what_is_on_sheets(ledger: Ledger) -> None:
    recorded(ledger, 100)
    found = Stats(ledger).of(ACCOUNT, LIVE, "se-1", since=START - timedelta(hours=1))
    assert sum(counts.delivered for counts in found.hours.values()) == 100
    later = START + timedelta(milliseconds=900)
    recent = Stats(ledger).of(ACCOUNT, LIVE, "se-1", since=later).deliveries
    assert recent
    assert all(each.created_at >= later for each in recent)


def test_nothing_is_listed_of_nothing() -> None:
    assert list(newest_first([])) == []
