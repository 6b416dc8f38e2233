"""Canonical tracking data as Shippo's Track."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.catalogue import sample, validate
from parcelhook.dialects.shippo_track import track, unseen_track
from parcelhook.dialects.statuses import SHIPPO_SUBSTATUSES, STATUSES
from parcelhook.model.event import EventType
from parcelhook.model.tracking import TrackingStatus

AT = "2026-01-02T20:00:00.000Z"
REQUIRED = {"carrier", "messages", "tracking_history", "tracking_number"}
STATUS_REQUIRED = {"object_created", "object_id", "object_updated", "status", "status_details"}


def told(**members: Any) -> dict[str, Any]:
    """The Track of an update with these members."""
    data = {"carrier": "usps", "tracking_number": "9400", "status": "in_transit"} | members
    return track(validate(EventType.TRACKING_UPDATED, data), at=AT)


def scan(moment: str = "2026-01-01T10:00:00Z", **members: Any) -> dict[str, Any]:
    return {"occurred_at": moment} | members


def has_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(has_null(member) for member in value.values())
    return any(map(has_null, value)) if isinstance(value, list) else value is None


def test_least_that_can_be_published_has_what_clients_require() -> None:
    made = told()
    assert made.keys() == REQUIRED | {"tracking_status"}
    assert made["tracking_history"] == made["messages"] == []
    assert made["tracking_status"].keys() == STATUS_REQUIRED | {"status_date"}
    assert made["tracking_status"]["status_date"] == AT


@pytest.mark.parametrize("status", TrackingStatus)
def test_status_is_told_as_the_table_says(status: TrackingStatus) -> None:
    made = told(status=status, events=[scan(status=status)])
    for each in (made["tracking_status"], *made["tracking_history"]):
        assert each["status"] == STATUSES[status].shippo
        assert each.get("substatus", {}).get("code") == STATUSES[status].shippo_substatus
        assert each["status_details"]


def test_history_is_oldest_first_and_the_current_status_its_last() -> None:
    made = told(events=[scan("2026-01-02T10:00:00Z"), scan("2026-01-01T10:00:00Z", status="accepted")])
    assert [each["status_date"][:10] for each in made["tracking_history"]] == ["2026-01-01", "2026-01-02"]
    assert made["tracking_status"] == made["tracking_history"][-1]


def test_older_scan_without_a_status_is_unknown() -> None:
    made = told(events=[scan("2026-01-02T10:00:00Z"), scan("2026-01-01T10:00:00Z")])
    assert [each["status"] for each in made["tracking_history"]] == ["UNKNOWN", "TRANSIT"]


def test_update_whose_status_is_not_the_newest_scans_speaks_for_itself() -> None:
    newest = scan(status="out_for_delivery", description="On the van", city="Austin")
    current = told(status="delivered", events=[newest])["tracking_status"]
    assert (current["status"], current["substatus"]["code"]) == ("DELIVERED", "delivered")
    assert current["status_details"] == "The package has been delivered."
    assert current["location"] == {"city": "Austin"}


def test_exception_is_described_by_its_description() -> None:
    made = told(status="exception", exception_description="Address unknown", events=[scan(description="Stopped")])
    assert made["tracking_status"]["status_details"] == "Address unknown"
    assert made["tracking_history"][0]["status_details"] == "Stopped"
    assert made["messages"] == []


def test_description_of_a_past_exception_is_a_message() -> None:
    assert told(exception_description="Was held", messages=["Hello"])["messages"] == ["Hello", "Was held"]


@pytest.mark.parametrize(
    ("given_substatus", "expected"),
    [
        ({"code": "notice_left"}, ("notice_left", SHIPPO_SUBSTATUSES["notice_left"].text, True)),
        ({"code": "own_code", "text": "Ours"}, ("own_code", "Ours", False)),
        ({"code": "own_code"}, ("own_code", "Own code", False)),
        ({"code": "delayed", "text": "Late", "action_required": True}, ("delayed", "Late", True)),
    ],
)
def test_substatus_has_all_that_clients_require(
    given_substatus: dict[str, Any], expected: tuple[str, str, bool]
) -> None:
    made = told(substatus=given_substatus)["tracking_status"]["substatus"]
    assert (made["code"], made["text"], made["action_required"]) == expected


def test_detail_code_of_shipengine_is_a_substatus_where_shippo_has_it() -> None:
    made = told(status_detail_code="PACKAGE_HELD", status_detail_description="Held at the depot")
    assert made["tracking_status"]["substatus"] == {
        "code": "package_held",
        "text": "Held at the depot",
        "action_required": False,
    }
    assert "substatus" not in told(status_detail_code="SOMETHING_ELSE")["tracking_status"]


def test_object_id_is_kept_or_is_the_same_whenever_it_is_told() -> None:
    assert told(events=[scan(object_id="ab12")])["tracking_history"][0]["object_id"] == "ab12"
    made = told(events=[scan(status="accepted")])["tracking_history"][0]["object_id"]
    later = told(events=[scan("2026-01-09T00:00:00Z"), scan(status="accepted")])["tracking_history"][0]["object_id"]
    assert made == later
    assert len(made) == 32


def test_metadata_that_is_an_object_is_told_as_text() -> None:
    assert told(metadata={"order": 1, "note": "ö"})["metadata"] == '{"order":1,"note":"ö"}'
    assert told(metadata="Order 1")["metadata"] == "Order 1"


def test_address_without_anything_that_shippo_tells_is_left_out() -> None:
    made = told(address_to={"name": "Greg"}, address_from={"postal_code": "89101", "street1": "Main"})
    assert "address_to" not in made
    assert made["address_from"] == {"zip": "89101"}


def test_all_that_the_shape_can_carry_is_carried() -> None:
    data = sample(EventType.TRACKING_UPDATED)
    made = track(data, at=AT)
    assert made["eta"] == data["estimated_delivery_date"]
    assert made["original_eta"] == data["original_estimated_delivery_date"]
    assert made["servicelevel"] == data["service_level"]
    assert made["transaction"] == data["transaction_id"]
    assert made["metadata"] == data["metadata"]
    assert made["address_from"]["zip"] == data["address_from"]["postal_code"]
    assert made["tracking_status"]["substatus"] == data["substatus"]
    assert [each["location"]["zip"] for each in made["tracking_history"]] == ["89101", "78756"]


def test_parent_of_a_service_level_has_shippos_name() -> None:
    made = told(service_level={"token": "a", "parent": {"token": "b"}})["servicelevel"]
    assert made == {"token": "a", "parent_servicelevel": {"token": "b"}}


def test_number_of_which_nothing_is_heard_yet_is_a_track_too() -> None:
    made = unseen_track({"carrier": "ups", "tracking_number": "1Z", "metadata": "Order 1"})
    assert made == {
        "carrier": "ups",
        "tracking_number": "1Z",
        "metadata": "Order 1",
        "messages": [],
        "tracking_history": [],
    }


texts = st.text(alphabet="aö 1", max_size=4)
scan_members = st.fixed_dictionaries(
    {"occurred_at": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")},
    optional=dict.fromkeys(("description", "city", "state", "postal_code", "country", "status_details"), texts)
    | {"status": st.sampled_from(TrackingStatus), "substatus": st.fixed_dictionaries({"code": texts})},
)


@given(
    st.fixed_dictionaries(
        {"status": st.sampled_from(TrackingStatus), "events": st.lists(scan_members, max_size=4)},
        optional=dict.fromkeys(("exception_description", "status_description", "status_detail_code"), texts),
    )
)
def test_no_member_is_ever_null_or_missing_that_clients_require(members: dict[str, Any]) -> None:
    made = track({"carrier": "usps", "tracking_number": "9400"} | members, at=AT)
    assert not has_null(made)
    assert made.keys() >= REQUIRED
    assert len(made["tracking_history"]) == len(members["events"])
    for each in (made["tracking_status"], *made["tracking_history"]):
        assert each.keys() >= STATUS_REQUIRED
        assert each["status_details"]
        assert "substatus" not in each or each["substatus"].keys() == {"code", "text", "action_required"}
