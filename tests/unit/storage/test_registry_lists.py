from datetime import timedelta

import pytest

from parcelhook.errors import NotFoundError
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.resources import REGISTRY
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from tests.builders import ACCOUNT, EXCLUSIVE, SHARED, api_key, subscription
from tests.cloud import Cloud
from tests.fakes import START, ObservedClient

TRACK, CREATED, COMPLETED = EventType.TRACKING_UPDATED, EventType.BATCH_CREATED, EventType.BATCH_COMPLETED


@pytest.fixture
def made(cloud: Cloud) -> tuple[DynamoTable, ObservedClient]:
    """A registry table of the test's own, and its client."""
    return cloud.table(REGISTRY)


@pytest.fixture
def registry(table: DynamoTable) -> Registry:
    return Registry(table)


def add(registry: Registry, minute: int, *event_types: EventType, **members: object) -> Subscription:
    """A subscription created at a minute: with one type ShipEngine's, with several the other dialect's."""
    shared = len(event_types) > 1
    at = START + timedelta(minutes=minute)
    made = subscription(
        event_types=event_types,
        dialect="other" if shared else "shipengine",
        created_at=at,
        updated_at=at,
        **members,
    )
    registry.add_subscription(made, SHARED if shared else EXCLUSIVE)
    return made


def test_matching_finds_all_dialects_of_an_event_type_and_catch_alls(registry: Registry) -> None:
    one, catch_all = add(registry, 1, TRACK), add(registry, 2, TRACK, CREATED)
    add(registry, 3, COMPLETED)
    add(registry, 4, TRACK, account_id="acct_other")
    add(registry, 5, TRACK, mode=Mode.TEST)
    assert {each.id for each in registry.matching(ACCOUNT, Mode.LIVE, TRACK)} == {one.id, catch_all.id}


def test_matching_finds_what_is_switched_off_too(registry: Registry) -> None:
    off = add(registry, 1, TRACK, enabled=False)
    assert registry.matching(ACCOUNT, Mode.LIVE, TRACK) == [off]


def test_matching_is_one_query_without_consistency(registry: Registry, client: ObservedClient) -> None:
    add(registry, 1, TRACK)
    client.calls.clear()
    registry.matching(ACCOUNT, Mode.LIVE, TRACK)
    (call,) = client.calls
    assert call.operation == "query"
    assert call.parameters["ConsistentRead"] is False


def test_subscriptions_of_all_dialects_are_listed_once_each_and_oldest_first(registry: Registry) -> None:
    second, first, third = add(registry, 2, TRACK), add(registry, 1, TRACK, CREATED), add(registry, 3, CREATED, TRACK)
    add(registry, 4, COMPLETED, mode=Mode.TEST)
    assert registry.subscriptions(ACCOUNT, Mode.LIVE) == [first, second, third]


def test_subscriptions_are_listed_without_the_accounts_keys(registry: Registry) -> None:
    registry.add_key(api_key(), "d1")
    assert registry.subscriptions(ACCOUNT, Mode.LIVE) == []


def test_more_subscriptions_than_a_page_are_listed_whole(registry: Registry) -> None:
    for minute in range(60):
        add(registry, minute, TRACK, CREATED)
    assert len(registry.subscriptions(ACCOUNT, Mode.LIVE)) == 60


def test_dialect_lists_only_its_own(registry: Registry) -> None:
    second, first = add(registry, 2, TRACK), add(registry, 1, CREATED)
    shared = add(registry, 3, TRACK, CREATED)
    types = (TRACK, CREATED, COMPLETED)
    assert registry.subscriptions_of_dialect(ACCOUNT, Mode.LIVE, EXCLUSIVE, types) == [first, second]
    assert registry.subscriptions_of_dialect(ACCOUNT, Mode.LIVE, SHARED, types) == [shared]


def test_subscription_of_another_account_or_mode_is_not_found(registry: Registry) -> None:
    mine = add(registry, 1, TRACK)
    for account_id, mode in (("acct_other", Mode.LIVE), (ACCOUNT, Mode.TEST)):
        with pytest.raises(NotFoundError):
            registry.subscription(account_id, mode, mine.id, EXCLUSIVE, (TRACK,))


def test_other_id_in_an_exclusive_slot_is_not_found(registry: Registry) -> None:
    add(registry, 1, TRACK)
    with pytest.raises(NotFoundError):
        registry.subscription(ACCOUNT, Mode.LIVE, "se-unknown", EXCLUSIVE, (TRACK, CREATED))
