import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parcelhook.catalogue import parse_publication, sample, validate
from parcelhook.errors import InvalidRequestError
from parcelhook.model.event import EventType
from parcelhook.model.tracking import SHIPENGINE_STATUSES, TrackingStatus

from .minimal import MINIMAL

# A busy machine is no fault of ours.
patiently = settings(deadline=None)

# Surrogates too, and infinities: what Python's JSON reader lets through.
any_text = st.text(st.characters(), max_size=20)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=20,
)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=50)
good_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
lines = texts.map(str.strip).filter(bool)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day away from the ends of the calendar, so that they exist in UTC too.
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001
statuses = st.sampled_from([*map(str, TrackingStatus), *SHIPENGINE_STATUSES])
scans = st.fixed_dictionaries(
    {"occurred_at": st.datetimes().map(lambda moment: moment.isoformat() + "Z")},
    optional={
        "status": statuses,
        "description": st.none() | texts,
        "city": texts,
        "tracking_event_id": st.integers(0, 2**53),
        "latitude": st.floats(-90, 90) | st.integers(-90, 90),
    },
)
tracking_data = st.fixed_dictionaries(
    {"tracking_number": lines, "carrier": st.from_regex(r"[a-z_]{1,64}", fullmatch=True), "status": statuses},
    optional={
        "ship_date": st.dates().map(str),
        "shipment_id": lines | st.integers(0, 2**63 - 1),
        "metadata": texts | st.dictionaries(texts, good_json, max_size=4),
        "messages": st.lists(texts, max_size=4),
        "address_to": st.fixed_dictionaries({}, optional={"name": texts, "street1": st.none() | texts}),
        "events": st.lists(scans, max_size=4),
    },
)


@patiently
@given(tracking_data)
def test_canonical_data_is_its_own_canonical_form(data: dict[str, Any]) -> None:
    once = validate(EventType.TRACKING_UPDATED, data)

    assert json.dumps(validate(EventType.TRACKING_UPDATED, once)) == json.dumps(once)
    assert json.loads(json.dumps(once)) == once


@patiently
@given(tracking_data)
def test_nothing_that_was_said_is_lost(data: dict[str, Any]) -> None:
    once = validate(EventType.TRACKING_UPDATED, data)

    assert set(once) == set(data)
    for name in {"tracking_number", "carrier", "metadata", "messages"} & set(data):
        assert once[name] == data[name]
    for before, after in zip(data.get("events", []), once.get("events", []), strict=True):
        assert set(after) == {name for name, value in before.items() if value is not None}


@patiently
@given(st.sampled_from(EventType), any_json)
def test_any_json_is_accepted_or_refused_in_words_that_can_be_sent(event_type: EventType, data: object) -> None:
    _accepts_or_explains(event_type, data)


@settings(patiently, max_examples=300)
@given(st.sampled_from(EventType), st.data())
def test_any_value_in_any_place_is_accepted_or_refused_there(event_type: EventType, data: st.DataObject) -> None:
    given_data = sample(event_type)
    name = data.draw(st.sampled_from(sorted(given_data)))
    given_data[name] = data.draw(any_json)

    for pointer in _accepts_or_explains(event_type, given_data):
        assert pointer == f"/data/{name}" or pointer.startswith(f"/data/{name}/")


def _accepts_or_explains(event_type: EventType, data: object) -> list[str]:
    try:
        accepted = validate(event_type, data)
    except InvalidRequestError as error:
        for problem in error.problems:
            assert "pydantic" not in problem.message.lower()
            (problem.pointer + problem.message).encode()
        return [problem.pointer for problem in error.problems]
    json.dumps(accepted, allow_nan=False, ensure_ascii=False).encode()
    return []


@patiently
@given(any_json | st.fixed_dictionaries({}, optional=dict.fromkeys(["type", "data", "id", "occurred_at"], any_json)))
def test_any_item_is_refused_and_never_breaks(item: object) -> None:
    with pytest.raises(InvalidRequestError):
        parse_publication(item, pointer="", now=datetime(2026, 1, 2, tzinfo=UTC))


@patiently
@given(moments)
def test_moment_keeps_its_instant(moment: datetime) -> None:
    data = MINIMAL[EventType.REPORT_COMPLETED] | {"created_at": moment.isoformat()}

    assert datetime.fromisoformat(validate(EventType.REPORT_COMPLETED, data)["created_at"]) == moment
