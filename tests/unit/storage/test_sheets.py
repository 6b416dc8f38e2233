"""Deliveries that succeeded at once lie together on sheets, and are found as if each had an item of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.errors import ConcurrentChangeError
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from parcelhook.storage.attributes import decode
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.sheets import AT_ONCE_VERSION, on_sheet
from parcelhook.storage.sizes import item_bytes
from tests.builders import delivery, delivery_key, failed_attempt
from tests.cloud import Cloud
from tests.fakes import START, FixedClock, ObservedClient
from tests.unit.storage.sheets import happened, listed, record, recorded, to


def sort_keys(cloud: Cloud, ledger: Ledger, prefix: str) -> list[str]:
    return sorted(row["sk"]["S"] for row in cloud.rows(ledger.table) if row["sk"]["S"].startswith(prefix))


def test_deliveries_of_one_subscription_are_one_item(ledger: Ledger, cloud: Cloud) -> None:
    made = recorded(ledger, 10)
    (sheet,) = sort_keys(cloud, ledger, "DELIVERY#")
    assert sheet.startswith(f"DELIVERY#se-1#{made[-1].key.event_ulid}~")


def test_each_is_found_as_it_was_recorded(ledger: Ledger) -> None:
    events = [happened(0, client_id="mine"), happened(5, type=EventType.RATES_UPDATED), happened(9)]
    made = [
        to(events[0], response_body=None, message=None, status_code=204),
        to(events[1], response_body="ok"),
        to(events[2], message="Accepted.", duration_ms=9_999),
    ]
    record(ledger, made, events)
    told = [replace(each, version=AT_ONCE_VERSION) for each in made]
    assert list(ledger.deliveries(each.key for each in made).values()) == told
    assert ledger.delivery(made[1].key) == told[1]
    assert listed(ledger, subscription_id="se-1") == told[::-1]


def test_delivery_without_company_has_an_item_of_its_own(ledger: Ledger, cloud: Cloud) -> None:
    events = [happened(0), happened(1)]
    record(ledger, [to(events[0], "se-1"), to(events[1], "se-2")], events)
    assert not any("~" in each for each in sort_keys(cloud, ledger, "DELIVERY#"))


def test_delivery_whose_event_is_written_elsewhere_has_an_item_of_its_own(ledger: Ledger, cloud: Cloud) -> None:
    ledger.record([], [to(happened(number)) for number in range(5)])
    assert len(sort_keys(cloud, ledger, "DELIVERY#")) == 5


@pytest.mark.parametrize("members", [{"response_body": "x" * 201}, {"number": 2}, {"manual_id": "01"}])
def test_delivery_that_a_row_cannot_tell_has_an_item_of_its_own(
    ledger: Ledger, cloud: Cloud, members: dict[str, Any]
) -> None:
    events = [happened(number) for number in range(4)]
    made = [*(to(each) for each in events[:3]), to(events[3], **members)]
    record(ledger, made, events)
    assert [key for key in sort_keys(cloud, ledger, "DELIVERY#") if "~" not in key] == [
        f"DELIVERY#se-1#{events[3].ulid}"
    ]
    assert ledger.delivery(made[3].key) == replace(made[3], version=AT_ONCE_VERSION)


def test_event_that_a_name_would_make_dearer_does_not_get_one(ledger: Ledger, cloud: Cloud) -> None:
    """Its data takes all of a kilobyte but a few bytes."""
    events = [replace(happened(number), client_id="x" * size) for number, size in enumerate((10, 825, 10))]
    record(ledger, [to(each) for each in events], events)
    alone = [key for key in sort_keys(cloud, ledger, "DELIVERY#") if "~" not in key]
    assert alone == [f"DELIVERY#se-1#{events[1].ulid}"]


def test_sheet_spans_a_second_at_most_and_forty_deliveries(ledger: Ledger, cloud: Cloud) -> None:
    recorded(ledger, 100, step=5)
    recorded(ledger, 4, step=900)
    assert sorted(map(len, _rows(cloud, ledger))) == [2, 2, 20, 40, 40]


def _rows(cloud: Cloud, ledger: Ledger) -> list[list[Any]]:
    return [on_sheet(decode(row)) for row in cloud.rows(ledger.table) if "~" in row["sk"]["S"]]


def test_sheet_of_forty_costs_a_write_unit(ledger: Ledger, cloud: Cloud) -> None:
    recorded(ledger, 40)
    (sheet,) = [row for row in cloud.rows(ledger.table) if "~" in row["sk"]["S"]]
    assert item_bytes(sheet) <= 1024


def test_first_change_writes_an_item_that_counts_from_then_on(ledger: Ledger) -> None:
    made = recorded(ledger, 5)
    again = ledger.save(made[2].recovered(START + timedelta(hours=1), START))
    assert again.version == AT_ONCE_VERSION + 1
    assert ledger.delivery(again.key) == again
    expected = [*made[:2], again, *made[3:]][::-1]
    assert listed(ledger, subscription_id="se-1") == expected
    assert listed(ledger) == expected
    assert listed(ledger, state=DeliveryState.PENDING) == [again]


def test_of_two_first_changes_one_is_refused(ledger: Ledger) -> None:
    made = recorded(ledger, 2)
    ledger.save(made[0].recovered(START, START))
    with pytest.raises(ConcurrentChangeError):
        ledger.save(made[0].recovered(START, START))


def test_two_sheets_with_the_same_newest_event_do_not_overwrite_each_other(ledger: Ledger, cloud: Cloud) -> None:
    events = [happened(number) for number in range(5)]
    record(ledger, [to(each) for each in (events[0], events[4])], [events[0], events[4]])
    record(ledger, [to(each) for each in (events[1], events[4])], [events[1], events[4]])
    assert len(sort_keys(cloud, ledger, "DELIVERY#")) == 2
    assert len(ledger.deliveries(to(events[number]).key for number in (0, 1, 4))) == 3


def test_event_written_again_keeps_the_names_of_its_sheets(ledger: Ledger) -> None:
    made = recorded(ledger, 3)
    (before,) = ledger.events([made[0].key.event]).values()
    more = delivery_key(event_ulid=made[0].key.event_ulid, subscription_id="se-0")
    ledger.record([replace(before, subscription_ids=(*before.subscription_ids, "se-0"))], [])
    (after,) = ledger.events([made[0].key.event]).values()
    assert after.sheets == before.sheets
    assert list(ledger.deliveries([made[0].key, more])) == [made[0].key]


def test_name_of_a_sheet_that_was_never_written_finds_nothing(ledger: Ledger) -> None:
    one = happened(0)
    ledger.record([EventRecord(event=one, subscription_ids=("se-1",), sheets={"se-1": f"{one.ulid}~00000000"})], [])
    assert ledger.deliveries([to(one).key]) == {}
    assert listed(ledger) == []


def test_what_is_on_no_sheet_is_read_as_before(ledger: Ledger, client: ObservedClient) -> None:
    made = [ledger.save(delivery().retrying(failed_attempt(), START)) for _ in range(3)]
    client.calls.clear()
    assert len(ledger.deliveries(each.key for each in made)) == 3
    assert [call.operation for call in client.calls] == ["batch_get_item"]


def test_what_expired_is_on_no_sheet(ledger: Ledger, clock: FixedClock) -> None:
    made = recorded(ledger, 3)
    clock.forward(days=31)
    assert ledger.deliveries(each.key for each in made) == {}
    assert listed(ledger, subscription_id="se-1") == []


def test_answers_about_an_erased_event_leave_the_sheet_and_the_others_stay(ledger: Ledger) -> None:
    made = recorded(ledger, 3)
    (kept,) = ledger.events([made[1].key.event]).values()
    for _ in range(2):
        ledger.erase_answers(kept)
    found = ledger.deliveries(each.key for each in made)
    assert [found[each.key].attempts[0].response_body for each in made] == ["ok", None, "ok"]
    assert found[made[1].key].attempts[0].status_code == 200
