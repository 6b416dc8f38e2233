from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.errors import ConcurrentChangeError, NotFoundError, UnavailableError
from parcelhook.ids import Ids
from parcelhook.model.delivery import DeliveryState
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.sheets import AT_ONCE_VERSION
from tests.builders import attempt, delivery, delivery_key, event, failed_attempt
from tests.cloud import Cloud
from tests.fakes import START, FixedClock, ObservedClient, refused, throttled

INDEX_KEYS = {"state_pk", "state_sk", "due_pk", "due_sk"}
LATER = START + timedelta(hours=2)


def record(**members: Any) -> EventRecord:
    return EventRecord(event=event(**members), subscription_ids=("se-1",))


def row(cloud: Cloud, ledger: Ledger) -> dict[str, Any]:
    """The only row there is."""
    (only,) = cloud.rows(ledger.table)
    return only


def test_events_and_deliveries_are_found_as_they_were_recorded(ledger: Ledger) -> None:
    records = [record(), record(client_id="mine", occurred_at=START - timedelta(days=1), hops=2)]
    done = delivery().delivered(attempt())
    ledger.record(records, [done])
    assert ledger.events([each.event.key for each in records]) == {each.event.key: each for each in records}
    assert ledger.delivery(done.key) == replace(done, version=AT_ONCE_VERSION)


def test_moment_that_an_events_key_tells_is_not_stored_again(ledger: Ledger, cloud: Cloud) -> None:
    ledger.record([record(ulid=Ids().ulid(START), accepted_at=START)], [])
    assert "accepted_at" not in row(cloud, ledger)


@pytest.mark.parametrize("microseconds", [0, 40, 999, 1000])
def test_event_of_many_that_were_accepted_together_keeps_their_moment(ledger: Ledger, microseconds: int) -> None:
    own = record(ulid=Ids().ulid(START + timedelta(microseconds=microseconds)), accepted_at=START)
    ledger.record([own], [])
    assert ledger.events([own.event.key]) == {own.event.key: own}


def test_recording_twice_leaves_one_of_each(ledger: Ledger, cloud: Cloud) -> None:
    one, done = record(), delivery().delivered(attempt())
    for _ in range(2):
        ledger.record([one], [done])
    assert len(cloud.rows(ledger.table)) == 2


def test_first_attempt_that_succeeds_is_one_call(ledger: Ledger, client: ObservedClient) -> None:
    ledger.record([record()], [delivery().delivered(attempt()) for _ in range(24)])
    assert [call.operation for call in client.calls] == ["batch_write_item"]


def test_what_is_not_there_is_left_out(ledger: Ledger) -> None:
    there = record()
    ledger.record([there], [])
    assert list(ledger.events([there.event.key, event().key])) == [there.event.key]
    assert ledger.deliveries([delivery_key()]) == {}
    with pytest.raises(NotFoundError):
        ledger.delivery(delivery_key())


def test_delivery_that_succeeded_at_once_is_in_no_index(ledger: Ledger, cloud: Cloud) -> None:
    ledger.record([], [delivery().delivered(attempt())])
    assert not INDEX_KEYS & set(row(cloud, ledger))


def test_delivery_that_waits_is_in_both_indexes(ledger: Ledger, cloud: Cloud) -> None:
    ledger.save(delivery().retrying(failed_attempt(), LATER))
    assert set(row(cloud, ledger)) >= INDEX_KEYS


def test_delivery_that_was_given_up_is_listed_but_not_due(ledger: Ledger, cloud: Cloud) -> None:
    ledger.save(delivery().given_up(failed_attempt(), "No more attempts."))
    assert INDEX_KEYS & set(row(cloud, ledger)) == {"state_pk", "state_sk"}


def test_delivery_that_succeeded_after_all_leaves_the_indexes(ledger: Ledger, cloud: Cloud) -> None:
    waiting = ledger.save(delivery().retrying(failed_attempt(), LATER))
    ledger.save(waiting.delivered(attempt(number=2)))
    assert not INDEX_KEYS & set(row(cloud, ledger))


def test_delivery_is_saved_with_all_that_is_known_of_it(ledger: Ledger) -> None:
    attempts = (failed_attempt(), attempt(number=2, status_code=503, response_body="käputt\x00" * 100))
    known = delivery(
        event_id="mine",
        state=DeliveryState.RETRYING,
        attempts=attempts,
        due_at=LATER,
        claimed_until=LATER,
        reason="a reason",
    )
    assert ledger.delivery(ledger.save(known).key) == replace(known, version=1)


def test_each_save_counts_the_version(ledger: Ledger) -> None:
    first = ledger.save(delivery())
    second = ledger.save(first)
    assert (first.version, second.version) == (1, 2)


def test_save_on_a_stale_version_changes_nothing(ledger: Ledger) -> None:
    first = ledger.save(delivery())
    current = ledger.save(replace(first, claimed_until=LATER))
    with pytest.raises(ConcurrentChangeError):
        ledger.save(first.discarded("stale", LATER))
    assert ledger.delivery(first.key) == current


def test_new_delivery_does_not_replace_one_that_is_there(ledger: Ledger) -> None:
    new = delivery()
    ledger.save(new)
    with pytest.raises(ConcurrentChangeError):
        ledger.save(new)


def test_one_of_two_workers_gets_the_claim(ledger: Ledger) -> None:
    waiting = ledger.save(delivery().retrying(failed_attempt(), LATER))
    claimed = replace(waiting, claimed_until=LATER)
    ledger.save(claimed)
    with pytest.raises(ConcurrentChangeError):
        ledger.save(claimed)


@pytest.mark.parametrize("error", [throttled("PutItem"), refused("InternalServerError")])
def test_throttled_save_writes_nothing(ledger: Ledger, cloud: Cloud, client: ObservedClient, error: Exception) -> None:
    client.fail("put_item", error)
    with pytest.raises(UnavailableError):
        ledger.save(delivery())
    assert cloud.rows(ledger.table) == []


def test_deliveries_are_read_as_they_are_now(ledger: Ledger, client: ObservedClient) -> None:
    ledger.deliveries([delivery_key()])
    assert client.calls[0].parameters["RequestItems"][ledger.table.name]["ConsistentRead"] is True


def test_what_expired_is_not_found_although_it_is_still_stored(ledger: Ledger, cloud: Cloud, clock: FixedClock) -> None:
    one, done = record(), delivery().delivered(attempt())
    ledger.record([one], [done])
    clock.forward(days=30, seconds=-1)
    assert ledger.events([one.event.key])
    clock.forward(seconds=1)
    assert ledger.events([one.event.key]) == {}
    assert ledger.deliveries([done.key]) == {}
    assert len(cloud.rows(ledger.table)) == 2


def test_due_deliveries_are_found_longest_overdue_first(ledger: Ledger) -> None:
    minutes = {at: delivery().deferred(START + timedelta(minutes=at), START) for at in (5, 1, 3, 9)}
    for each in minutes.values():
        ledger.save(each)
    ledger.record([], [delivery().delivered(attempt())])
    page = ledger.due(0, since=START + timedelta(minutes=1), until=START + timedelta(minutes=5), limit=10)
    assert list(page.keys) == [minutes[at].key for at in (1, 3, 5)]
    assert page.next is None


def test_due_deliveries_come_in_pages(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.save(delivery().deferred(LATER, START))
    first = ledger.due(0, since=START, until=LATER, limit=3)
    second = ledger.due(0, since=START, until=LATER, limit=3, start=first.next)
    assert len({*first.keys, *second.keys}) == 5
    assert second.next is None


def test_due_deliveries_are_spread_over_all_shards(ledger: Ledger) -> None:
    spread = replace(ledger, shards=4)
    for _ in range(40):
        spread.save(delivery().deferred(LATER, START))
    counts = [len(spread.due(shard, since=START, until=LATER, limit=100).keys) for shard in range(4)]
    assert sum(counts) == 40
    assert all(counts)


def test_claim_whose_answer_got_lost_is_its_owners(ledger: Ledger, client: ObservedClient) -> None:
    known = ledger.save(delivery())
    client.repeat("put_item")
    claimed = ledger.save(replace(known, claimed_until=START))
    assert ledger.delivery(known.key) == claimed


def test_claim_of_another_at_the_same_moment_is_a_conflict(ledger: Ledger) -> None:
    known = ledger.save(delivery())
    ledger.save(replace(known, claimed_until=START))
    with pytest.raises(ConcurrentChangeError):
        ledger.save(replace(known, claimed_until=START))
