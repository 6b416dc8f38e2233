import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
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
from parcelhook.model.event import EventType
from parcelhook.model.recovery import RecoveryKey
from tests.builders import ACCOUNT, delivery_key, event, ulid
from tests.fakes import START

EVENTS = EventsMessage(
    account_id=ACCOUNT,
    mode=Mode.LIVE,
    events=(event(), event(client_id="mine", occurred_at=START - timedelta(days=1), type=EventType.RATES_UPDATED)),
)
DELIVERIES = DeliveriesMessage(
    account_id=ACCOUNT, mode=Mode.TEST, due=START, deliveries=tuple(delivery_key(mode=Mode.TEST) for _ in range(3))
)
LOOPING = EventsMessage(account_id=ACCOUNT, mode=Mode.LIVE, events=(event(hops=2),))
RECOVERY = RecoveryKey(ACCOUNT, Mode.LIVE, ulid())
RECOVER = RecoverMessage(account_id=ACCOUNT, mode=Mode.LIVE, recovery=RECOVERY, due=START)
RECOVERED = DeliveriesMessage(
    account_id=ACCOUNT, mode=Mode.LIVE, due=START, deliveries=(delivery_key(),), recovery=RECOVERY
)
MANUAL_RETRY = ManualRetryMessage(
    account_id=ACCOUNT, mode=Mode.LIVE, delivery=delivery_key(), manual_id=ulid(), asked_at=START
)
ERASE = EraseMessage(account_id=ACCOUNT, mode=Mode.LIVE, event=event().key, asked_at=START, parcel=("ups", "1Z"))
ERASE_BATCH = replace(ERASE, parcel=None)
REPUBLISHED = EventsMessage(account_id=ACCOUNT, mode=Mode.LIVE, events=(event(data={"ä": "😀"}),), republished=True)


@pytest.mark.parametrize(
    "message",
    [EVENTS, DELIVERIES, RECOVER, RECOVERED, MANUAL_RETRY, REPUBLISHED, LOOPING, ERASE, ERASE_BATCH],
    ids=lambda each: type(each).__name__,
)
def test_message_comes_back_as_it_was_sent(message: Message) -> None:
    assert decode(encode(message)) == message


def test_event_that_followed_from_no_delivery_says_nothing_of_hops() -> None:
    assert "hops" not in json.loads(encode(EVENTS))["events"][0]


def test_member_of_a_later_version_is_passed_over() -> None:
    for message in (EVENTS, DELIVERIES, RECOVER, MANUAL_RETRY):
        assert decode(changed(message, added_later={"a": 1})) == message
    (event_text,) = json.loads(encode(REPUBLISHED))["events"]
    assert decode(with_event(**event_text, added_later=True)) == decode(with_event(**event_text))


def changed(message: Message, **members: Any) -> str:
    return json.dumps(json.loads(encode(message)) | members)


def with_event(**members: Any) -> str:
    """A message of one event with other members."""
    content = json.loads(encode(EVENTS))
    return changed(EVENTS, events=[content["events"][0] | members])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "null",
        "[]",
        '"text"',
        "1",
        "{}",
        "[" * 100_000,
        changed(EVENTS, version=2),
        changed(EVENTS, version=None),
        changed(EVENTS, kind="letters"),
        changed(EVENTS, mode="sandbox"),
        changed(EVENTS, events=None),
        changed(EVENTS, events=[1]),
        changed(EVENTS, events=[{}]),
        with_event(type="nonsense"),
        with_event(data=[]),
        with_event(accepted_at="yesterday"),
        with_event(accepted_at="2026-01-02T20:00:00"),
        with_event(occurred_at=5),
        with_event(ulid=5),
        with_event(ulid="nonsense"),
        changed(DELIVERIES, due=None),
        changed(DELIVERIES, deliveries=[["one"]]),
        changed(DELIVERIES, deliveries=[1]),
        changed(RECOVER, recovery="lost"),
        changed(RECOVER, due=None),
        changed(RECOVERED, recovery=None),
        changed(MANUAL_RETRY, delivery=["one"]),
        changed(MANUAL_RETRY, asked_at=None),
    ],
    ids=lambda text: text[:30],
)
def test_what_nobody_here_wrote_is_poisoned(text: str) -> None:
    with pytest.raises(PoisonedMessageError):
        decode(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_any_json_is_poisoned(value: object) -> None:
    with pytest.raises(PoisonedMessageError):
        decode(json.dumps(value))


def test_poison_is_told_without_its_content() -> None:
    with pytest.raises(PoisonedMessageError) as caught:
        decode('{"version": 1, "secret": "do not log"}')
    assert "do not log" not in str(caught.value)
