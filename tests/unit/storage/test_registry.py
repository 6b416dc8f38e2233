from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from parcelhook.errors import ConcurrentChangeError, NotFoundError, SubscriptionExistsError, UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.resources import REGISTRY
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from tests.builders import ACCOUNT, EXCLUSIVE, SHARED, account, api_key, subscription
from tests.cloud import Cloud
from tests.fakes import START, ObservedClient, refused

TRACK = EventType.TRACKING_UPDATED
TYPES = (TRACK, EventType.BATCH_CREATED, EventType.BATCH_COMPLETED)


@pytest.fixture
def made(cloud: Cloud) -> tuple[DynamoTable, ObservedClient]:
    """A registry table of the test's own, and its client."""
    return cloud.table(REGISTRY)


@pytest.fixture
def registry(table: DynamoTable) -> Registry:
    return Registry(table)


def several(**members: object) -> Subscription:
    """A subscription that covers several event types."""
    return subscription(dialect="other", event_name="all", event_types=TYPES, **members)


def found(registry: Registry, wanted: Subscription) -> Subscription:
    slot = EXCLUSIVE if wanted.dialect == "shipengine" else SHARED
    return registry.subscription(wanted.account_id, wanted.mode, wanted.id, slot, TYPES)


def test_account_is_found_with_its_parent(registry: Registry) -> None:
    parent = account()
    child = account(parent_id=parent.id)
    for each in (parent, child):
        registry.add_account(each)
        assert registry.account(each.id) == each


def test_unknown_account_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFoundError):
        registry.account("acct_nobody")


def test_account_that_was_just_written_is_read_consistently(registry: Registry, client: ObservedClient) -> None:
    new = account()
    registry.add_account(new)
    registry.account(new.id)
    assert client.calls[-1].parameters["ConsistentRead"] is True


def test_key_is_found_by_its_digest(registry: Registry) -> None:
    key = api_key()
    registry.add_key(key, "d1")
    assert registry.key("d1") == key
    assert registry.key("d2") is None


def test_keys_are_listed_oldest_first_and_only_their_accounts(registry: Registry) -> None:
    first, second = api_key(id="key_1"), api_key(id="key_2", mode=Mode.TEST)
    registry.add_key(second, "d2")
    registry.add_key(first, "d1")
    registry.add_key(api_key(account_id="acct_other"), "d3")
    assert registry.keys_of(ACCOUNT) == [first, second]


def test_revoked_key_is_so_however_it_is_found(registry: Registry) -> None:
    key = api_key()
    registry.add_key(key, "d1")
    later = START + timedelta(hours=1)
    assert registry.revoke_key(ACCOUNT, key.id, later).revoked_at == later
    assert registry.key("d1") == replace(key, revoked_at=later)
    assert registry.keys_of(ACCOUNT) == [replace(key, revoked_at=later)]


@pytest.mark.parametrize(("account_id", "key_id"), [(ACCOUNT, "key_none"), ("acct_other", "key_1")])
def test_key_of_nobody_or_of_another_account_is_not_revoked(registry: Registry, account_id: str, key_id: str) -> None:
    registry.add_key(api_key(id="key_1"), "d1")
    with pytest.raises(NotFoundError):
        registry.revoke_key(account_id, key_id, START)
    stored = registry.key("d1")
    assert stored is not None
    assert stored.revoked_at is None


@pytest.mark.parametrize("stored", [subscription(), several()], ids=["one type", "several types"])
def test_subscription_is_found_as_it_was_added(registry: Registry, stored: Subscription) -> None:
    registry.add_subscription(stored, EXCLUSIVE if stored.dialect == "shipengine" else SHARED)
    assert found(registry, stored) == stored


def test_second_subscription_in_an_exclusive_slot_is_refused(registry: Registry, cloud: Cloud) -> None:
    registry.add_subscription(subscription(), EXCLUSIVE)
    with pytest.raises(SubscriptionExistsError):
        registry.add_subscription(subscription(), EXCLUSIVE)
    assert len(cloud.rows(registry.table)) == 1


@pytest.mark.parametrize("members", [{"mode": Mode.TEST}, {"account_id": "acct_other"}])
def test_other_modes_and_accounts_have_slots_of_their_own(registry: Registry, members: dict[str, str]) -> None:
    registry.add_subscription(subscription(), EXCLUSIVE)
    registry.add_subscription(subscription(**members), EXCLUSIVE)


def test_slots_that_are_not_exclusive_hold_many(registry: Registry) -> None:
    for _ in range(3):
        registry.add_subscription(several(), SHARED)
    assert len(registry.subscriptions(ACCOUNT, Mode.LIVE)) == 3


def test_of_100_concurrent_adds_to_an_exclusive_slot_one_succeeds(registry: Registry, cloud: Cloud) -> None:
    def added(_: int) -> bool:
        try:
            registry.add_subscription(subscription(), EXCLUSIVE)
        except SubscriptionExistsError:
            return False
        return True

    with ThreadPoolExecutor(100) as threads:
        outcomes = list(threads.map(added, range(100)))
    assert outcomes.count(True) == 1
    assert outcomes.count(False) == 99
    assert len(cloud.rows(registry.table)) == 1


def test_add_whose_answer_got_lost_is_no_conflict_with_itself(registry: Registry, client: ObservedClient) -> None:
    wanted = subscription()
    client.repeat("put_item")
    registry.add_subscription(wanted, EXCLUSIVE)
    assert found(registry, wanted) == wanted


def test_change_whose_answer_got_lost_is_no_conflict_with_itself(registry: Registry, client: ObservedClient) -> None:
    before = subscription()
    registry.add_subscription(before, EXCLUSIVE)
    client.repeat("update_item")
    after = registry.change_subscription(before, replace(before, enabled=False), EXCLUSIVE)
    assert found(registry, before) == after


def test_subscription_to_several_types_is_one_row_for_each(registry: Registry, cloud: Cloud) -> None:
    registry.add_subscription(several(), SHARED)
    sort_keys = sorted(row["sk"]["S"].split("#")[2] for row in cloud.rows(registry.table))
    assert sort_keys == sorted(TYPES)


def test_rows_of_a_subscription_are_added_all_or_none(registry: Registry, client: ObservedClient, cloud: Cloud) -> None:
    client.fail("transact_write_items", refused("ThrottlingException"))
    with pytest.raises(UnavailableError):
        registry.add_subscription(several(), SHARED)
    assert cloud.rows(registry.table) == []


@pytest.mark.parametrize("stored", [subscription(), several()], ids=["one type", "several types"])
def test_change_shows_in_every_row_and_counts_the_version(registry: Registry, stored: Subscription) -> None:
    slot = EXCLUSIVE if stored.dialect == "shipengine" else SHARED
    registry.add_subscription(stored, slot)
    changed = registry.change_subscription(stored, replace(stored, url="https://example.com/new"), slot)
    assert changed == replace(stored, url="https://example.com/new", version=2)
    for event_type in stored.event_types:
        assert registry.matching(ACCOUNT, Mode.LIVE, event_type) == [changed]


def test_change_of_the_event_types_adds_and_removes_rows(registry: Registry, cloud: Cloud) -> None:
    stored = several()
    registry.add_subscription(stored, SHARED)
    after = replace(stored, event_types=(TRACK, EventType.RATES_UPDATED))
    changed = registry.change_subscription(stored, after, SHARED)
    assert len(cloud.rows(registry.table)) == 2
    assert registry.matching(ACCOUNT, Mode.LIVE, EventType.RATES_UPDATED) == [changed]
    assert registry.matching(ACCOUNT, Mode.LIVE, EventType.BATCH_CREATED) == []


@pytest.mark.parametrize("stored", [subscription(), several()], ids=["one type", "several types"])
def test_change_on_a_stale_version_changes_nothing(registry: Registry, stored: Subscription) -> None:
    slot = EXCLUSIVE if stored.dialect == "shipengine" else SHARED
    registry.add_subscription(stored, slot)
    current = registry.change_subscription(stored, replace(stored, enabled=False), slot)
    with pytest.raises(ConcurrentChangeError):
        registry.change_subscription(stored, replace(stored, url="https://example.com/stale"), slot)
    with pytest.raises(ConcurrentChangeError):
        registry.remove_subscription(stored, slot)
    assert found(registry, stored) == current


def test_change_of_what_was_removed_does_not_bring_it_back(registry: Registry, cloud: Cloud) -> None:
    stored = subscription()
    registry.add_subscription(stored, EXCLUSIVE)
    registry.remove_subscription(stored, EXCLUSIVE)
    with pytest.raises(ConcurrentChangeError):
        registry.change_subscription(stored, stored, EXCLUSIVE)
    assert cloud.rows(registry.table) == []


def test_of_many_concurrent_changes_of_one_version_one_succeeds(registry: Registry) -> None:
    stored = several()
    registry.add_subscription(stored, SHARED)

    def changed(number: int) -> bool:
        try:
            registry.change_subscription(stored, replace(stored, url=f"https://example.com/{number}"), SHARED)
        except ConcurrentChangeError:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(changed, range(10))) == 1
    urls = {each.url for event_type in TYPES for each in registry.matching(ACCOUNT, Mode.LIVE, event_type)}
    assert len(urls) == 1


@pytest.mark.parametrize("stored", [subscription(), several()], ids=["one type", "several types"])
def test_removed_subscription_is_gone_from_every_row(registry: Registry, cloud: Cloud, stored: Subscription) -> None:
    slot = EXCLUSIVE if stored.dialect == "shipengine" else SHARED
    registry.add_subscription(stored, slot)
    registry.remove_subscription(stored, slot)
    assert cloud.rows(registry.table) == []
    with pytest.raises(NotFoundError):
        found(registry, stored)
