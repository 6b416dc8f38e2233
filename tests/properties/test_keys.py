"""No two different things have one key, whatever separators callers write into what is theirs to choose."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from parcelhook.catalogue import parse_publication, validate
from parcelhook.errors import InvalidRequestError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey, DeliveryState, parse_delivery_id
from parcelhook.model.event import EventKey, EventType
from parcelhook.model.recovery import RecoveryKey, parse_recovery_id
from parcelhook.model.subscription import Slot
from parcelhook.storage import keys
from tests.builders import ulid
from tests.fakes import START

# Few values, so that two drawn ones often differ in one place only.
ACCOUNTS = st.sampled_from(["acct_1", "acct_2"])
MODES = st.sampled_from(Mode)
ULIDS = st.sampled_from([ulid(), ulid()])
SUBSCRIPTIONS = st.sampled_from(["se-1", "se-10", "1", "10"])
SLOTS = st.builds(lambda each, one: Slot("ehub", exclusive=one).name(each), SUBSCRIPTIONS, st.booleans())
DIGESTS = st.sampled_from(["0" * 64, "1" * 64])
HOURS = st.sampled_from([START, START + timedelta(hours=1)])
SHEETS = st.builds(lambda newest, digest: f"{newest}~{digest[:8]}", ULIDS, DIGESTS)
SEPARATED = st.text(st.sampled_from("a1#~_|"), min_size=1, max_size=4)
PLACES = st.sampled_from([*map(str, EventType), "ehub.order"])


def _is_carrier(text: str) -> bool:
    data = {"carrier": text, "tracking_number": "1", "status": "unknown"}
    try:
        validate(EventType.TRACKING_UPDATED, data)
    except InvalidRequestError:
        return False
    return True


def _is_client_id(text: str) -> bool:
    try:
        parse_publication(
            {"id": text, "type": "batch.created", "data": {"batch_id": "1"}},
            pointer="",
            now=datetime(2026, 1, 2, tzinfo=UTC),
        )
    except InvalidRequestError:
        return False
    return True


DELIVERIES = st.builds(DeliveryKey, account_id=ACCOUNTS, mode=MODES, event_ulid=ULIDS, subscription_id=SUBSCRIPTIONS)
EVENTS = st.builds(EventKey, ACCOUNTS, MODES, ULIDS)
# Texts that callers choose are whatever the catalogue lets through.
LEDGER: dict[Callable[..., keys.Key], st.SearchStrategy[tuple[object, ...]]] = {
    keys.event: st.tuples(EVENTS),
    keys.erasure: st.tuples(EVENTS),
    keys.delivery: st.tuples(DELIVERIES),
    keys.recovery: st.tuples(st.builds(RecoveryKey, ACCOUNTS, MODES, ULIDS)),
    keys.published: st.tuples(ACCOUNTS, MODES, SEPARATED.filter(_is_client_id)),
    keys.publishing_rate: st.tuples(ACCOUNTS),
    keys.tracking: st.tuples(ACCOUNTS, MODES, SEPARATED.filter(_is_carrier), SEPARATED),
    keys.newest: st.tuples(ACCOUNTS, MODES, SUBSCRIPTIONS, DIGESTS),
    keys.stats: st.tuples(ACCOUNTS, MODES, HOURS, SUBSCRIPTIONS),
}
REGISTRY: dict[Callable[..., keys.Key], st.SearchStrategy[tuple[object, ...]]] = {
    keys.account: st.tuples(ACCOUNTS),
    keys.account_key: st.tuples(ACCOUNTS, st.sampled_from(["key_1", "key_10"])),
    keys.key_proof: st.tuples(DIGESTS),
    keys.subscription: st.tuples(ACCOUNTS, MODES, PLACES, SLOTS),
}


def things(
    table: dict[Callable[..., keys.Key], st.SearchStrategy[tuple[object, ...]]],
) -> st.SearchStrategy[tuple[Callable[..., keys.Key], tuple[object, ...]]]:
    """What an item is made for: the function that writes its key, and what it is given."""
    return st.sampled_from(list(table)).flatmap(lambda make: st.tuples(st.just(make), table[make]))


@given(things(LEDGER), things(LEDGER))
def test_no_two_things_share_a_key_of_the_ledger(
    one: tuple[Callable[..., keys.Key], tuple[object, ...]], other: tuple[Callable[..., keys.Key], tuple[object, ...]]
) -> None:
    assert (one[0](*one[1]) == other[0](*other[1])) == (one == other)


@given(things(REGISTRY), things(REGISTRY))
def test_no_two_things_share_a_key_of_the_registry(
    one: tuple[Callable[..., keys.Key], tuple[object, ...]], other: tuple[Callable[..., keys.Key], tuple[object, ...]]
) -> None:
    assert (one[0](*one[1]) == other[0](*other[1])) == (one == other)


@given(DELIVERIES, SHEETS, DELIVERIES)
def test_sheet_shares_its_key_with_no_delivery_and_lies_with_its_own_subscription(
    owner: DeliveryKey, name: str, other: DeliveryKey
) -> None:
    sheet, delivery = keys.sheet(owner, name), keys.delivery(other)
    assert sheet != delivery
    assert (keys.is_sheet(sheet), keys.is_sheet(delivery)) == (True, False)
    prefix = keys.deliveries(other.account_id, other.mode, other.subscription_id)
    same_place = (owner.account_id, owner.mode, owner.subscription_id) == (
        other.account_id,
        other.mode,
        other.subscription_id,
    )
    assert (sheet.pk == prefix.pk and sheet.sk.startswith(prefix.sk)) == same_place


@given(DELIVERIES, st.sampled_from(DeliveryState), DELIVERIES, st.sampled_from(DeliveryState))
def test_no_two_deliveries_share_a_place_in_the_index_of_states(
    one: DeliveryKey, state: DeliveryState, other: DeliveryKey, other_state: DeliveryState
) -> None:
    assert (keys.by_state(one, state) == keys.by_state(other, other_state)) == ((one, state) == (other, other_state))


@given(DELIVERIES, EVENTS)
def test_keys_are_read_back_as_what_they_were_made_of(delivery: DeliveryKey, event: EventKey) -> None:
    recovery = RecoveryKey(event.account_id, event.mode, event.ulid)
    assert keys.delivery_key(keys.delivery(delivery)) == delivery
    assert keys.event_key(keys.event(event)) == keys.erased_event_key(keys.erasure(event)) == event
    assert keys.recovery_key(keys.recovery(recovery)) == recovery
    assert parse_delivery_id(delivery.id, delivery.account_id, delivery.mode) == delivery
    assert parse_recovery_id(recovery.id, recovery.account_id, recovery.mode) == recovery


@given(st.text(st.sampled_from("dlvrec_0#~ \nKDZ")) | DELIVERIES.map(lambda key: key.id), SEPARATED)
def test_id_from_a_caller_is_of_its_form_or_no_key_at_all(text: str, more: str) -> None:
    """Nothing but the one key that is written so: no separator gets from a path into a key."""
    for given_id in (text, text + more, more + text):
        delivery = parse_delivery_id(given_id, "acct_1", Mode.LIVE)
        recovery = parse_recovery_id(given_id, "acct_1", Mode.LIVE)
        assert delivery is None or delivery.id == given_id
        assert recovery is None or recovery.id == given_id
        assert delivery is None or re.fullmatch(r"DELIVERY#[^#~]+#[^#~]+", keys.delivery(delivery).sk)


@given(DELIVERIES, st.integers(1, 64))
def test_delivery_is_due_in_one_shard_of_those_there_are(key: DeliveryKey, shards: int) -> None:
    assert 0 <= keys.shard_of(key, shards) < shards
