from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Health, Subscription
from parcelhook.resources import REGISTRY
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from tests.builders import ACCOUNT, SHARED, subscription
from tests.cloud import Cloud
from tests.fakes import START, ObservedClient

FAILED = Health(last_response_code=503, last_response_message="käputt")
PUSHED = Health(last_response_code=200, last_response_message="OK", last_pushed_at=START, last_pushed_id="7")
LIMIT = 5


@pytest.fixture
def made(cloud: Cloud) -> tuple[DynamoTable, ObservedClient]:
    """A registry table of the test's own, and its client."""
    return cloud.table(REGISTRY)


@pytest.fixture
def registry(table: DynamoTable) -> Registry:
    return Registry(table)


@pytest.fixture
def stored(registry: Registry) -> Subscription:
    made = subscription(dialect="other")
    registry.add_subscription(made, SHARED)
    return made


def health(registry: Registry) -> Health:
    (found,) = registry.matching(ACCOUNT, Mode.LIVE, EventType.TRACKING_UPDATED)
    return found.health


def fail(registry: Registry, stored: Subscription, times: int) -> None:
    for _ in range(times):
        registry.note_failure(stored, SHARED, FAILED, limit=LIMIT)


def test_concurrent_failures_are_all_counted(registry: Registry, stored: Subscription) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: fail(registry, stored, 1), range(4)))
    assert health(registry) == replace(FAILED, error_count=4)


def test_count_stops_at_the_limit(registry: Registry, stored: Subscription) -> None:
    fail(registry, stored, LIMIT + 3)
    assert health(registry).error_count == LIMIT


def test_success_begins_the_count_anew(registry: Registry, stored: Subscription) -> None:
    fail(registry, stored, LIMIT - 1)
    registry.note_success(stored, SHARED, PUSHED, limit=LIMIT)
    assert health(registry) == PUSHED


def test_late_success_does_not_enable_what_is_disabled(registry: Registry, stored: Subscription) -> None:
    fail(registry, stored, LIMIT)
    registry.note_success(stored, SHARED, PUSHED, limit=LIMIT)
    assert health(registry).error_count == LIMIT


def test_forgotten_failures_count_anew(registry: Registry, stored: Subscription) -> None:
    fail(registry, stored, LIMIT)
    registry.forget_failures(stored, SHARED)
    assert health(registry).error_count == 0


def test_change_of_a_subscription_keeps_what_was_counted_meanwhile(registry: Registry, stored: Subscription) -> None:
    fail(registry, stored, 2)
    registry.change_subscription(stored, replace(stored, url="https://example.com/new"), SHARED)
    assert health(registry).error_count == 2


def test_nothing_is_counted_of_what_was_deleted(registry: Registry, stored: Subscription, cloud: Cloud) -> None:
    registry.remove_subscription(stored, SHARED)
    fail(registry, stored, 1)
    registry.note_success(stored, SHARED, PUSHED, limit=LIMIT)
    assert cloud.rows(registry.table) == []


def test_failure_whose_count_was_sent_again_is_counted_once(
    registry: Registry, stored: Subscription, client: ObservedClient
) -> None:
    fail(registry, stored, 1)
    client.repeat("update_item")
    fail(registry, stored, 1)
    assert health(registry).error_count == 2
