"""What workers agree on about an endpoint, whoever reads which row when: slots, leases, probes, counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.circuit import CLOSED, OPENS_AFTER
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.resources import REGISTRY
from parcelhook.storage.endpoint_conditions import EndpointConditions
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from tests.builders import ACCOUNT, EXCLUSIVE, SHARED, subscription
from tests.cloud import Cloud
from tests.fakes import START, ObservedClient, throttled

SECOND = timedelta(seconds=1)
HORIZON = timedelta(minutes=15)
EVENT_TYPES = (EventType.TRACKING_UPDATED, EventType.BATCH_COMPLETED)


@pytest.fixture
def made(cloud: Cloud) -> tuple[DynamoTable, ObservedClient]:
    """A registry table of the test's own, and its client."""
    return cloud.table(REGISTRY)


@pytest.fixture
def registry(table: DynamoTable) -> Registry:
    return Registry(table)


@pytest.fixture
def conditions(table: DynamoTable) -> EndpointConditions:
    return EndpointConditions(table)


@pytest.fixture
def stored(registry: Registry) -> Subscription:
    made = subscription(dialect="other")
    registry.add_subscription(made, SHARED)
    return made


def read(registry: Registry, event_type: EventType = EventType.TRACKING_UPDATED) -> Subscription:
    (found,) = registry.matching(ACCOUNT, Mode.LIVE, event_type)
    return found


def opened(conditions: EndpointConditions, stored: Subscription, at: datetime = START) -> None:
    assert conditions.open(stored, SHARED, OPENS_AFTER, limit=OPENS_AFTER, now=at, until=at + 60 * SECOND)


def test_all_rows_of_a_subscription_tell_the_same(registry: Registry, conditions: EndpointConditions) -> None:
    made = subscription(event_types=EVENT_TYPES)
    registry.add_subscription(made, EXCLUSIVE)

    conditions.mark_slow(made, EXCLUSIVE, START)
    assert [read(registry, each).slow_since for each in EVENT_TYPES] == [START, START]

    conditions.clear_slow(made, EXCLUSIVE)
    assert [read(registry, each).slow_since for each in EVENT_TYPES] == [None, None]


def test_an_endpoint_is_slow_since_it_was_first_found_to_be(
    registry: Registry, conditions: EndpointConditions, stored: Subscription
) -> None:
    conditions.mark_slow(stored, SHARED, START)
    conditions.mark_slow(stored, SHARED, START + SECOND)

    assert read(registry).slow_since == START


def test_failures_are_counted_up_to_the_one_that_opens(
    registry: Registry, conditions: EndpointConditions, stored: Subscription
) -> None:
    counted = [conditions.count_failures(stored, SHARED, 1, limit=OPENS_AFTER) for _ in range(OPENS_AFTER)]

    assert counted == [True] * (OPENS_AFTER - 1) + [False]
    assert read(registry).circuit.failures == OPENS_AFTER - 1


def test_a_success_in_between_keeps_a_circuit_closed(
    registry: Registry, conditions: EndpointConditions, stored: Subscription
) -> None:
    conditions.count_failures(stored, SHARED, OPENS_AFTER - 1, limit=OPENS_AFTER)
    conditions.forget_failures(stored, SHARED)

    assert not conditions.open(stored, SHARED, 1, limit=OPENS_AFTER, now=START, until=START + SECOND)
    assert read(registry).circuit == CLOSED


def test_of_workers_that_open_at_once_one_does(conditions: EndpointConditions, stored: Subscription) -> None:
    def open_it(_: int) -> bool:
        return conditions.open(stored, SHARED, OPENS_AFTER, limit=OPENS_AFTER, now=START, until=START + SECOND)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(open_it, range(4))) == [False, False, False, True]


def test_a_circuit_is_probed_by_one_worker_once_its_pause_is_over(
    conditions: EndpointConditions, stored: Subscription
) -> None:
    opened(conditions, stored)
    early, due = START + 59 * SECOND, START + 60 * SECOND

    assert not conditions.claim_probe(stored, SHARED, early, early + 40 * SECOND)
    assert conditions.claim_probe(stored, SHARED, due, due + 40 * SECOND)
    assert not conditions.claim_probe(stored, SHARED, due, due + 40 * SECOND)
    assert conditions.claim_probe(stored, SHARED, due + 40 * SECOND, due + 80 * SECOND)


def test_a_late_failure_of_before_the_pause_does_not_prolong_it(
    registry: Registry, conditions: EndpointConditions, stored: Subscription
) -> None:
    opened(conditions, stored)

    assert not conditions.open_again(stored, SHARED, openings=2, now=START + SECOND, until=START + HORIZON)
    assert read(registry).circuit.open_until == START + 60 * SECOND


def test_closing_forgets_all_but_when_it_was(
    registry: Registry, conditions: EndpointConditions, stored: Subscription
) -> None:
    opened(conditions, stored)

    assert conditions.close(stored, SHARED, START + HORIZON)
    assert not conditions.close(stored, SHARED, START + 2 * HORIZON)
    circuit = read(registry).circuit
    assert (circuit.failures, circuit.opened_at, circuit.closed_at) == (0, None, START + HORIZON)


def test_two_workers_that_read_the_same_row_take_different_slots(
    conditions: EndpointConditions, stored: Subscription
) -> None:
    one = conditions.take_slots(stored, SHARED, 3, rate=2.0, now=START, horizon=HORIZON)
    other = conditions.take_slots(stored, SHARED, 2, rate=2.0, now=START, horizon=HORIZON)

    assert [(moment - START).total_seconds() for moment in one + other] == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_slots_end_at_the_horizon(conditions: EndpointConditions, stored: Subscription) -> None:
    assert len(conditions.take_slots(stored, SHARED, 9, rate=1.0, now=START, horizon=3 * SECOND)) == 4
    assert conditions.take_slots(stored, SHARED, 9, rate=1.0, now=START, horizon=3 * SECOND) == ()


def test_all_workers_together_hold_no_more_leases_than_there_are(
    conditions: EndpointConditions, stored: Subscription
) -> None:
    until = START + 90 * SECOND
    one = conditions.take_leases(stored, SHARED, ("a", "b"), most=3, now=START, until=until)
    other = conditions.take_leases(stored, SHARED, ("c", "d"), most=3, now=START, until=until)
    assert (one, other) == (("a", "b"), ("c",))

    conditions.release_leases(stored, SHARED, one)
    assert conditions.take_leases(stored, SHARED, ("e", "f", "g"), most=3, now=START, until=until) == ("e", "f")


def test_leases_of_a_dead_worker_run_out(conditions: EndpointConditions, stored: Subscription) -> None:
    until = START + 90 * SECOND
    conditions.take_leases(stored, SHARED, ("a",), most=1, now=START, until=until)

    assert conditions.take_leases(stored, SHARED, ("b",), most=1, now=until - SECOND, until=until + HORIZON) == ()
    assert conditions.take_leases(stored, SHARED, ("b",), most=1, now=until, until=until + HORIZON) == ("b",)


def test_nothing_is_written_for_a_subscription_that_is_gone(
    registry: Registry, conditions: EndpointConditions, stored: Subscription
) -> None:
    registry.remove_subscription(stored, SHARED)

    conditions.mark_slow(stored, SHARED, START)
    assert not conditions.count_failures(stored, SHARED, 1, limit=OPENS_AFTER)
    assert conditions.take_leases(stored, SHARED, ("a",), most=1, now=START, until=START + SECOND) == ()
    assert registry.matching(ACCOUNT, Mode.LIVE, EventType.TRACKING_UPDATED) == []


def test_what_aws_refuses_is_told(conditions: EndpointConditions, stored: Subscription, client: ObservedClient) -> None:
    client.fail("update_item", throttled("UpdateItem"))

    with pytest.raises(UnavailableError):
        conditions.take_slots(stored, SHARED, 1, rate=1.0, now=START, horizon=HORIZON)
