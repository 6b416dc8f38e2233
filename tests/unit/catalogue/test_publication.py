from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parcelhook.catalogue import ParsedPublication, Publication, parse_publication, sample
from parcelhook.errors import InvalidRequestError
from parcelhook.model.event import PUBLISHABLE, EventType

from .minimal import tracking

NOW = datetime(2026, 1, 2, 20, tzinfo=UTC)


def publication(**members: Any) -> dict[str, Any]:
    return {"type": "tracking.updated", "data": tracking(), **members}


def refused(item: object, pointer: str = "/3") -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as caught:
        parse_publication(item, pointer=pointer, now=NOW)
    return {problem.pointer: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize("event_type", PUBLISHABLE)
def test_every_type_can_be_published(event_type: EventType) -> None:
    item = {"type": str(event_type), "data": sample(event_type)}

    assert parse_publication(item, pointer="", now=NOW) == ParsedPublication(
        type=event_type, data=sample(event_type), client_id=None, occurred_at=None
    )


def test_data_comes_out_canonical_with_id_and_time() -> None:
    item = publication(data=tracking(status="it"), id="order-1", occurred_at="2026-01-02T21:00:00.5+02:00")

    assert parse_publication(item, pointer="/0", now=NOW) == ParsedPublication(
        type=EventType.TRACKING_UPDATED,
        data=tracking(status="in_transit"),
        client_id="order-1",
        occurred_at=datetime(2026, 1, 2, 19, 0, 0, 500_000, tzinfo=UTC),
    )


def test_id_and_time_that_are_null_were_not_given() -> None:
    parsed = parse_publication(publication(id=None, occurred_at=None), pointer="", now=NOW)

    assert (parsed.client_id, parsed.occurred_at) == (None, None)


@pytest.mark.parametrize(("pointer", "place"), [("/3", "/3/data/tracking_number"), ("", "/data/tracking_number")])
def test_pointer_starts_where_the_item_is(pointer: str, place: str) -> None:
    item = publication(data={"carrier": "ups", "status": "DE"})

    assert refused(item, pointer) == {place: "This member is required."}


@pytest.mark.parametrize("item", [None, 5, "text", [], [publication()]])
@pytest.mark.parametrize("pointer", ["", "/3"])
def test_item_that_is_not_an_object_is_refused_at_its_own_place(item: object, pointer: str) -> None:
    (place,) = refused(item, pointer)

    assert place == pointer


def test_type_and_data_are_required() -> None:
    assert refused({}) == {"/3/type": "This member is required.", "/3/data": "This member is required."}


@pytest.mark.parametrize("unknown", ["tracking", "Tracking.Updated", "", "TRACKING_UPDATED"])
def test_unknown_type_is_refused_with_those_that_exist(unknown: str) -> None:
    message = refused(publication(type=unknown))["/3/type"]

    assert all(event_type in message for event_type in PUBLISHABLE)


@pytest.mark.parametrize("wrong", [None, 5, ["tracking.updated"], {}])
def test_type_that_is_not_text_is_refused(wrong: object) -> None:
    assert refused(publication(type=wrong))["/3/type"].startswith("This must be text, not ")


def test_all_faults_of_an_item_are_told_at_once() -> None:
    item = publication(data={"carrier": 5, "x": "\ud800"}, id="a b", occurred_at="noon", mode="live")

    assert set(refused(item)) == {
        "/3/id",
        "/3/occurred_at",
        "/3/mode",
        "/3/data/tracking_number",
        "/3/data/carrier",
        "/3/data/status",
        "/3/data/x",
    }


def test_fault_of_the_envelope_is_told_though_the_type_is_unknown() -> None:
    assert set(refused({"type": "?", "data": 5, "id": ""})) == {"/3/type", "/3/data", "/3/id"}


@pytest.mark.parametrize("client_id", ["1", "order-1", "EVT_1", "x" * 64, "...", "!$&'()*+,-.:;<=>@[]^_{|}~"])
def test_id_is_printable_ascii_that_a_path_can_carry(client_id: str) -> None:
    assert parse_publication(publication(id=client_id), pointer="", now=NOW).client_id == client_id


@pytest.mark.parametrize(
    "client_id",
    [
        "",
        "x" * 65,
        "a b",
        'a"b',
        "a`b",
        "a/b",
        "a?b",
        "a#b",
        "a%b",
        "a\\b",
        "é",
        "a\n",
        "\x7f",
        "evt_",
        "evt_1",
        ".",
        "..",
        5,
        True,
    ],
)
def test_id_of_another_form_is_refused(client_id: object) -> None:
    assert list(refused(publication(id=client_id))) == ["/3/id"]


def test_time_may_be_up_to_a_day_ahead() -> None:
    latest = (NOW + timedelta(days=1)).isoformat()
    too_late = (NOW + timedelta(days=1, microseconds=1)).isoformat()

    assert parse_publication(publication(occurred_at=latest), pointer="", now=NOW).occurred_at == NOW + timedelta(
        days=1
    )
    assert refused(publication(occurred_at=too_late)) == {
        "/3/occurred_at": "This time lies more than a day in the future."
    }


@pytest.mark.parametrize("wrong", ["2026-01-02T20:00:00", "2026-01-02", "now", 1767384000, True])
def test_time_without_a_zone_or_of_another_form_is_refused(wrong: object) -> None:
    assert list(refused(publication(occurred_at=wrong))) == ["/3/occurred_at"]


def test_parsing_leaves_the_item_as_it_was() -> None:
    item = publication(data=tracking(status="IT", metadata={"a": [1]}), id="1")

    parsed = parse_publication(item, pointer="", now=NOW)
    parsed.data["metadata"]["a"].append(2)

    assert item == publication(data=tracking(status="IT", metadata={"a": [1]}), id="1")


def test_envelope_has_a_schema() -> None:
    made = Publication.model_json_schema()

    assert made["required"] == ["type", "data"]
    assert set(made["properties"]["type"]["enum"]) == set(PUBLISHABLE)
