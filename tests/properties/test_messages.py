"""What lies in the queues comes out as it went in, and a message that was tampered with is poisoned or still one."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from parcelhook.errors import PoisonedMessageError
from parcelhook.messages import (
    DeliveriesMessage,
    EraseMessage,
    EventsMessage,
    ManualRetryMessage,
    Message,
    RecoverMessage,
    decode,
    encode,
)
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey
from parcelhook.model.event import Event, EventKey, EventType
from parcelhook.model.recovery import RecoveryKey
from tests.builders import ACCOUNT, IDS
from tests.properties.values import TEXTS, canonical_data

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Messages tell milliseconds, and so does all that is put into one.
MOMENTS = st.integers(0, 2**47).map(lambda number: EPOCH + timedelta(milliseconds=number))
ULIDS = MOMENTS.map(IDS.ulid)
SUBSCRIPTIONS = st.from_regex(r"[A-Za-z0-9-]{1,64}", fullmatch=True)
TYPES = st.sampled_from(EventType)


def _events(mode: Mode) -> st.SearchStrategy[Event]:
    return TYPES.flatmap(
        lambda event_type: st.builds(
            Event,
            ulid=ULIDS,
            account_id=st.just(ACCOUNT),
            mode=st.just(mode),
            type=st.just(event_type),
            data=canonical_data(event_type),
            accepted_at=MOMENTS,
            occurred_at=MOMENTS,
            client_id=st.none() | TEXTS.filter(bool),
            hops=st.integers(0, 3),
        )
    )


def _messages(mode: Mode) -> st.SearchStrategy[Message]:
    place = {"account_id": st.just(ACCOUNT), "mode": st.just(mode)}
    deliveries = st.builds(DeliveryKey, event_ulid=ULIDS, subscription_id=SUBSCRIPTIONS, **place)
    recoveries = st.builds(RecoveryKey, st.just(ACCOUNT), st.just(mode), ULIDS)
    return (
        st.builds(
            EventsMessage,
            events=st.lists(_events(mode), min_size=1, max_size=3).map(tuple),
            republished=st.booleans(),
            **place,
        )
        | st.builds(
            DeliveriesMessage,
            due=MOMENTS,
            deliveries=st.lists(deliveries, max_size=4).map(tuple),
            recovery=st.none() | recoveries,
            slow=st.booleans(),
            paced=st.booleans(),
            **place,
        )
        | st.builds(RecoverMessage, recovery=recoveries, due=MOMENTS, begins=st.none(), **place)
        | st.builds(ManualRetryMessage, delivery=deliveries, manual_id=ULIDS, asked_at=MOMENTS, **place)
        | st.builds(
            EraseMessage,
            event=st.builds(EventKey, st.just(ACCOUNT), st.just(mode), ULIDS),
            asked_at=MOMENTS,
            parcel=st.none() | st.tuples(TEXTS, TEXTS),
            **place,
        )
    )


MESSAGES = st.sampled_from(Mode).flatmap(_messages)


@given(MESSAGES)
def test_message_comes_back_as_it_was_sent(message: Message) -> None:
    text = encode(message)
    assert decode(text) == message
    assert encode(decode(text)) == text
    text.encode("utf-8")


@given(MESSAGES, st.data())
def test_message_that_lost_a_member_or_got_a_strange_one_is_poisoned_or_still_a_message(
    message: Message, data: st.DataObject
) -> None:
    """Whatever becomes of it, the poller hears of nothing but poison: another error would hold up the queue."""
    content = json.loads(encode(message))
    name = data.draw(st.sampled_from(sorted(content)))
    if data.draw(st.booleans()):
        del content[name]
    else:
        content[name] = data.draw(st.none() | st.integers() | TEXTS | st.lists(st.none() | TEXTS, max_size=2))
    try:
        assert encode(decode(json.dumps(content)))
    except PoisonedMessageError:
        return


@given(MESSAGES, st.data())
def test_message_that_was_cut_off_is_poisoned(message: Message, data: st.DataObject) -> None:
    text = encode(message)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    try:
        decode(cut)
    except PoisonedMessageError:
        return
    raise AssertionError(cut)
