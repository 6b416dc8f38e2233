from datetime import date

import pytest

from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventKey, EventType
from parcelhook.storage import keys
from parcelhook.storage.keys import Key
from tests.builders import delivery_key

ULID = "01KDZ000000000000000000000"
DELIVERY = delivery_key(account_id="acct_1", event_ulid=ULID, subscription_id="se-1")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (keys.account("acct_1"), Key("ACCOUNT#acct_1", "ACCOUNT")),
        (keys.account_key("acct_1", "key_1"), Key("ACCOUNT#acct_1", "KEY#key_1")),
        (keys.key_proof("ab12"), Key("KEY#ab12", "KEY")),
        (
            keys.subscription("acct_1", Mode.LIVE, EventType.TRACKING_UPDATED, "shipengine"),
            Key("ACCOUNT#acct_1", "SUB#live#tracking.updated#shipengine"),
        ),
        (keys.event(EventKey("acct_1", Mode.TEST, ULID)), Key("ACCOUNT#acct_1#test", f"EVENT#{ULID}")),
        (keys.delivery(DELIVERY), Key("ACCOUNT#acct_1#live", f"DELIVERY#se-1#{ULID}")),
        (keys.published("acct_1", Mode.LIVE, "my#id"), Key("ACCOUNT#acct_1#live", "PUBLISHED#my#id")),
        (
            keys.by_state(DELIVERY, DeliveryState.DISCARDED),
            Key("ACCOUNT#acct_1#live#discarded", f"{ULID}#se-1"),
        ),
        (
            keys.usage(date(2026, 1, 31), "acct_1", Mode.LIVE, "a1b2c3d4e5"),
            Key("USAGE#2026-01", "acct_1#live#2026-01-31#a1b2c3d4e5"),
        ),
    ],
)
def test_key_is_written_as_the_stored_items_have_it(made: Key, expected: Key) -> None:
    assert made == expected


def test_event_key_is_read_back() -> None:
    key = EventKey("acct_1", Mode.TEST, ULID)
    assert keys.event_key(keys.event(key)) == key


def test_delivery_key_is_read_back() -> None:
    assert keys.delivery_key(keys.delivery(DELIVERY)) == DELIVERY


def test_subscriptions_of_an_event_type_begin_as_its_own_keys_do() -> None:
    one = keys.subscription("acct_1", Mode.LIVE, EventType.BATCH_CREATED, "shippo#1")
    assert one.sk.startswith(keys.subscriptions("acct_1", Mode.LIVE, EventType.BATCH_CREATED).sk)
    assert one.sk.startswith(keys.subscriptions("acct_1", Mode.LIVE).sk)
    assert not one.sk.startswith(keys.subscriptions("acct_1", Mode.TEST).sk)


def test_no_event_type_begins_as_another_does() -> None:
    begins = [keys.subscriptions("acct_1", Mode.LIVE, each).sk for each in EventType]
    assert not [(a, b) for a in begins for b in begins if a != b and b.startswith(a)]


def test_shard_of_a_delivery_is_always_the_same_and_in_range() -> None:
    shards = {keys.shard_of(delivery_key(), 4) for _ in range(200)}
    assert shards == {0, 1, 2, 3}
    assert keys.shard_of(DELIVERY, 4) == keys.shard_of(DELIVERY, 4)
