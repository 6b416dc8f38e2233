from decimal import Decimal
from typing import Any

import pytest

from parcelhook.catalogue.values import MAX_DEPTH, MAX_PROBLEMS
from parcelhook.model.event import EventType

from .minimal import faults, tracking


def refused(**members: Any) -> dict[str, str]:
    return faults(EventType.TRACKING_UPDATED, tracking(**members))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_number_that_json_cannot_write_is_refused_wherever_it_is(number: float) -> None:
    assert refused(metadata={"a": [number]}, events=[{"occurred_at": "2026-01-02T20:00:00Z", "latitude": number}]) == {
        "/metadata/a/0": "This is not a finite number.",
        "/events/0/latitude": "This is not a finite number.",
    }


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc00\ud800"])
def test_text_that_is_not_unicode_is_refused_wherever_it_is(text: str) -> None:
    message = "This text is not valid Unicode: it contains half of a surrogate pair."

    assert refused(tracking_number=text, messages=["x", text], metadata={"a": text}) == {
        "/tracking_number": message,
        "/messages/1": message,
        "/metadata/a": message,
    }


@pytest.mark.parametrize("text", ["a\x00", "\x1b[31m", "\x0b", "\uffff"])
def test_text_that_xml_cannot_write_is_refused(text: str) -> None:
    assert list(refused(status_description=text)) == ["/status_description"]


@pytest.mark.parametrize("text", ["two\r\nlines\tand a tab", "😀", "\x7f", "نص"])
def test_other_text_is_kept(text: str) -> None:
    assert refused(status_description=text) == {}


def test_name_of_a_member_is_looked_at_too() -> None:
    found = refused(**{"\ud800": 1, "zz\x00": 2})

    assert found == {
        "/\ufffd": "The name of this member is not valid Unicode: it contains half of a surrogate pair.",
        "/zz\x00": "The name of this member contains a control character other than tab and line break.",
    }


def test_name_that_is_not_text_is_refused() -> None:
    assert faults(EventType.BATCH_CREATED, {"batch_id": "1", 5: "x"}) == {"/5": "The name of a member must be text."}


@pytest.mark.parametrize("value", [Decimal(1), b"x", (1, 2), {1}, object()])
def test_value_that_json_does_not_have_is_refused(value: object) -> None:
    assert refused(status_description=value, metadata={"a": value}) == dict.fromkeys(
        ["/status_description", "/metadata/a"], "This is not a value that JSON has."
    )


def test_pointer_escapes_what_rfc_6901_asks_for() -> None:
    assert set(refused(**{"a/b~c": 1, "": 2}, metadata={"~1": {"/": float("nan")}})) == {
        "/a~1b~0c",
        "/",
        "/metadata/~01/~1",
    }


def test_nesting_is_bounded() -> None:
    def nested(levels: int) -> object:
        return {} if levels == 1 else {"a": nested(levels - 1)}

    assert refused(metadata=nested(MAX_DEPTH - 1)) == {}
    assert list(refused(metadata=nested(MAX_DEPTH))) == ["/metadata" + "/a" * (MAX_DEPTH - 1)]


def test_very_many_problems_are_cut_and_counted() -> None:
    found = faults(EventType.BATCH_CREATED, {"batch_id": "1"} | {f"x{number}": 0 for number in range(1000)})

    assert len(found) == MAX_PROBLEMS + 1
    assert found[""] == "There are 900 more problems in it."
