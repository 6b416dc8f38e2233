"""From the index of what is due back into the queue, and what the safety net picks up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from parcelhook.errors import UnavailableError
from parcelhook.messages import DeliveriesMessage
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.storage import keys
from parcelhook.storage.ledger_items import from_delivery
from tests import builders
from tests.fakes import START, throttled
from tests.unit.delivery.system import GRACE, System

BUCKET = START + timedelta(hours=2)


def waiting(due_at: datetime = BUCKET, **members: object) -> Delivery:
    """A delivery that failed once."""
    given: dict[str, object] = {"state": DeliveryState.RETRYING, "attempts": (builders.failed_attempt(),)}
    return builders.delivery(**(given | {"due_at": due_at} | members))


def saved(system: System, *deliveries: Delivery) -> list[DeliveryKey]:
    return [system.ledger.save(delivery).key for delivery in deliveries]


def queued(system: System) -> list[DeliveriesMessage]:
    return [cast(DeliveriesMessage, message) for message in system.queue.sent]


def queued_keys(system: System) -> set[DeliveryKey]:
    return {key for message in queued(system) for key in message.deliveries}


def write_many(system: System, deliveries: Iterable[Delivery]) -> None:
    """Faster than saving one by one."""
    items = [
        (keys.delivery(each.key), from_delivery(replace(each, version=1), days=30, shards=1)) for each in deliveries
    ]
    system.ledger.table.put_many(items)


def test_what_is_due_is_queued_with_its_bucket(system: System) -> None:
    due = saved(system, waiting(), waiting())
    assert system.redriver.redrive(BUCKET, 0) == 2
    (message,) = queued(system)
    assert (message.account_id, message.mode, message.due) == (builders.ACCOUNT, Mode.LIVE, BUCKET)
    assert set(message.deliveries) == set(due)


def test_only_what_is_due_is_queued(system: System) -> None:
    saved(system, waiting(BUCKET + timedelta(minutes=1)), waiting(BUCKET + timedelta(days=1)))
    saved(system, builders.delivery(state=DeliveryState.DELIVERED), builders.delivery(state=DeliveryState.DISCARDED))
    saved(system, builders.delivery(state=DeliveryState.HELD))
    assert system.redriver.redrive(BUCKET, 0) == 0
    assert queued(system) == []


def test_buckets_just_before_are_read_too(system: System) -> None:
    late = saved(system, waiting(BUCKET - timedelta(minutes=2)), waiting(BUCKET - timedelta(minutes=1)))
    saved(system, waiting(BUCKET - timedelta(minutes=3)))
    system.redriver.redrive(BUCKET, 0)
    assert queued_keys(system) == set(late)


def test_run_leaves_the_ledger_alone_so_that_running_again_is_safe(system: System) -> None:
    saved(system, waiting())
    before = system.writes()
    assert [system.redriver.redrive(BUCKET, 0) for _ in range(2)] == [1, 1]
    assert system.writes() == before


def test_message_is_about_one_account_and_one_mode(system: System) -> None:
    saved(system, waiting(), waiting(key=builders.delivery_key(account_id="acct_other")))
    saved(system, waiting(key=builders.delivery_key(mode=Mode.TEST)))
    system.redriver.redrive(BUCKET, 0)
    places = [(message.account_id, message.mode) for message in queued(system)]
    assert sorted(places) == [(builders.ACCOUNT, "live"), (builders.ACCOUNT, "test"), ("acct_other", "live")]
    for message in queued(system):
        assert {(key.account_id, key.mode) for key in message.deliveries} == {(message.account_id, message.mode)}


def test_more_than_a_page_is_queued_in_messages_of_25(system: System) -> None:
    deliveries = [waiting() for _ in range(1_050)]
    write_many(system, deliveries)
    assert system.redriver.redrive(BUCKET, 0) == 1_050
    assert queued_keys(system) == {delivery.key for delivery in deliveries}
    assert max(len(message.deliveries) for message in queued(system)) == 25
    assert len([call for call in system.client.calls if call.operation == "query"]) == 2


@pytest.mark.parametrize("shard", [0, 1, 2])
def test_each_shard_is_re_driven_by_its_own_run(system: System, shard: int) -> None:
    system.ledger = replace(system.ledger, shards=3)
    saved(system, *(waiting() for _ in range(20)))
    system.redriver.redrive(BUCKET, shard)
    assert queued_keys(system)
    assert {keys.shard_of(key, 3) for key in queued_keys(system)} == {shard}


def test_queue_that_takes_nothing_is_told(system: System) -> None:
    saved(system, waiting())
    system.queue.refuses = True
    with pytest.raises(UnavailableError):
        system.redriver.redrive(BUCKET, 0)


def test_throttled_index_is_told(system: System) -> None:
    system.client.fail("query", throttled("Query"))
    with pytest.raises(UnavailableError):
        system.redriver.redrive(BUCKET, 0)


def test_sweep_puts_what_was_left_behind_into_the_next_bucket(system: System) -> None:
    (key,) = saved(system, waiting())
    system.clock.moment = BUCKET + GRACE + timedelta(seconds=30)
    assert system.redriver.sweep() == 1
    delivery = system.delivery(key)
    assert (delivery.state, len(delivery.attempts)) == (DeliveryState.RETRYING, 1)
    assert delivery.due_at == BUCKET + GRACE + timedelta(minutes=3)
    assert system.schedules.made == [(delivery.due_at, 0)]
    assert system.redriver.redrive(delivery.due_at, 0) == 1


def test_sweep_finds_what_is_overdue_for_long_and_in_every_shard(system: System) -> None:
    system.ledger = replace(system.ledger, shards=3)
    saved(system, *(waiting(BUCKET - timedelta(days=number % 300)) for number in range(60)))
    system.clock.moment = BUCKET + timedelta(hours=1)
    assert system.redriver.sweep() == 60
    assert {shard for _, shard in system.schedules.made} == {0, 1, 2}


def test_sweep_leaves_alone_what_is_on_time(system: System) -> None:
    saved(system, waiting())
    system.clock.moment = BUCKET + GRACE - timedelta(seconds=1)
    assert system.redriver.sweep() == 0
    assert system.schedules.made == []


def test_sweep_leaves_alone_what_is_claimed_until_the_claim_is_over(system: System) -> None:
    system.clock.moment = BUCKET + timedelta(hours=1)
    saved(system, waiting(claimed_until=system.clock.now() + timedelta(seconds=60)))
    assert system.redriver.sweep() == 0
    system.clock.forward(seconds=60)
    assert system.redriver.sweep() == 1


def test_sweep_repeated_moves_nothing_twice(system: System) -> None:
    saved(system, waiting())
    system.clock.moment = BUCKET + timedelta(hours=1)
    assert [system.redriver.sweep(), system.redriver.sweep()] == [1, 0]


def test_sweep_leaves_alone_what_somebody_changes_meanwhile(system: System) -> None:
    (key,) = saved(system, waiting())
    system.clock.moment = BUCKET + timedelta(hours=1)
    stale = system.delivery(key)
    system.ledger.save(stale.discarded("Settled by somebody else.", system.clock.now()))
    # The index may still name what was settled a moment ago; DynamoDB updates it a little later.
    write_index_again(system, stale)
    assert system.redriver.sweep() == 0
    assert system.schedules.made == []


def write_index_again(system: System, stale: Delivery) -> None:
    """Gives the stored item the index keys that it had."""
    values = from_delivery(system.delivery(stale.key), days=30, shards=1)
    before = from_delivery(stale, days=30, shards=1)
    due = {name: before[name] for name in ("due_pk", "due_sk")}
    system.ledger.table.put_many([(keys.delivery(stale.key), values | due)])


def test_sweep_whose_schedule_fails_is_told_and_does_its_work_the_next_time(system: System) -> None:
    saved(system, waiting())
    system.clock.moment = BUCKET + timedelta(hours=1)
    system.schedules.fails = True
    with pytest.raises(UnavailableError):
        system.redriver.sweep()
    system.schedules.fails = False
    system.clock.forward(seconds=(GRACE + timedelta(minutes=5)).total_seconds())
    assert system.redriver.sweep() == 1
    assert len(system.schedules.made) == 1


def test_sweep_pages_through_everything(system: System) -> None:
    system.clock.moment = BUCKET + timedelta(hours=1)
    claimed_until = system.clock.now() + timedelta(seconds=60)
    write_many(system, (waiting(claimed_until=claimed_until) for _ in range(1_000)))
    saved(system, waiting(BUCKET + timedelta(minutes=1)))
    assert system.redriver.sweep() == 1


def test_an_account_with_little_due_does_not_wait_for_one_with_much(system: System) -> None:
    much = [waiting(key=builders.delivery_key(account_id="acct_a")) for _ in range(100)]
    write_many(system, [*much, waiting(key=builders.delivery_key(account_id="acct_z"))])
    system.redriver.redrive(BUCKET, 0)
    assert [message.account_id for message in queued(system)] == ["acct_a", "acct_z", "acct_a", "acct_a", "acct_a"]
