from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.storage.attributes import decode, encode
from parcelhook.storage.subscription_items import from_subscription, to_subscription
from tests.builders import subscription
from tests.fakes import START

TEXT = st.text(st.characters(codec="utf-8"))

SUBSCRIPTIONS = st.builds(
    subscription,
    mode=st.sampled_from(Mode),
    event_types=st.lists(st.sampled_from(EventType), min_size=1, unique=True).map(tuple),
    enabled=st.booleans(),
    headers=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    dialect_fields=st.dictionaries(st.sampled_from(["name", "store_id"]), TEXT | st.integers(-(10**30), 10**30)),
    secret_version=st.integers(1, 9),
    previous_secret_until=st.none() | st.just(START + timedelta(hours=24)),
    version=st.integers(1, 99),
)


@given(SUBSCRIPTIONS)
def test_subscription_comes_back_as_it_was_stored(stored: Subscription) -> None:
    assert to_subscription(decode(encode(from_subscription(stored)))) == stored


def test_what_is_not_said_takes_no_room() -> None:
    stored = encode(from_subscription(subscription()))
    assert not {"headers", "dialect_fields", "previous_secret_until"} & set(stored)
