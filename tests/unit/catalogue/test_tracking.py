import subprocess
import sys
from typing import Any

import pytest

from parcelhook.catalogue import validate
from parcelhook.model.event import EventType
from parcelhook.model.tracking import SHIPENGINE_STATUSES, TrackingStatus, tracking_status

from . import vendor_payloads
from .minimal import faults, tracking


def accepted(**members: Any) -> dict[str, Any]:
    return validate(EventType.TRACKING_UPDATED, tracking(**members))


def refused(**members: Any) -> dict[str, str]:
    return faults(EventType.TRACKING_UPDATED, tracking(**members))


def scan(**members: Any) -> dict[str, Any]:
    return {"occurred_at": "2026-01-02T20:00:00Z", **members}


def test_statuses_are_known_without_pydantic() -> None:
    code = "import sys, parcelhook.model.tracking; sys.exit('pydantic' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("status", TrackingStatus)
def test_status_of_ours_stays(status: TrackingStatus) -> None:
    assert accepted(status=str(status), events=[scan(status=str(status))]) == tracking(
        status=status, events=[scan(status=status)]
    )


@pytest.mark.parametrize("code", SHIPENGINE_STATUSES)
def test_shipengine_code_in_any_case_means_our_status(code: str) -> None:
    for text in (code, code.lower(), code.title()):
        given = accepted(status=text, events=[scan(status=text)])
        assert given["status"] == given["events"][0]["status"] == SHIPENGINE_STATUSES[code]
        assert type(given["status"]) is str


def test_shipengine_codes_are_the_eight_of_its_texts() -> None:
    assert SHIPENGINE_STATUSES == {
        "NY": "not_yet_in_system",
        "AC": "accepted",
        "IT": "in_transit",
        "AT": "attempted",
        "DE": "delivered",
        "SP": "delivered_to_collection_location",
        "EX": "exception",
        "UN": "unknown",
    }


@pytest.mark.parametrize("text", ["", "XX", "In_Transit", "TRANSIT", " IT", "\u0131t"])
def test_status_that_nobody_knows_is_refused_with_those_that_are(text: str) -> None:
    assert tracking_status(text) is None
    message = refused(status=text)["/status"]
    assert "not_yet_in_system, accepted, in_transit" in message
    assert "NY, AC, IT" in message


def test_track_of_shippos_page_comes_out_unchanged() -> None:
    given = vendor_payloads.SHIPPO_TRACK

    assert validate(EventType.TRACKING_UPDATED, given) == given


def test_tracking_of_ehubs_page_keeps_ids_as_text_and_leaves_nulls_out() -> None:
    given = validate(EventType.TRACKING_UPDATED, vendor_payloads.EHUB_TRACK)

    assert (given["shipment_id"], given["parcel_id"]) == ("115", "115")
    assert given["events"][0] == vendor_payloads.EHUB_TRACK["events"][0] | {"occurred_at": "2018-11-13T00:00:00Z"}
    assert "secondary_code" not in given["events"][1]
    assert given["events"][1]["occurred_at"] == "2018-11-12T19:00:24Z"


@pytest.mark.parametrize("number", ["1", "1Z 999 AA1", "é" * 100, "9400100000000000000000"])
def test_tracking_number_is_any_line_of_1_to_100_characters(number: str) -> None:
    assert accepted(tracking_number=number)["tracking_number"] == number


@pytest.mark.parametrize(
    "number", ["", " 1", "1 ", "1\n", "\u00a01", "1\x7f2", "1\x852", "x" * 101, 5, None, True, ["1"]]
)
def test_tracking_number_of_another_form_is_refused(number: object) -> None:
    assert list(refused(tracking_number=number)) == ["/tracking_number"]


@pytest.mark.parametrize("carrier", ["", "u ps", "ups/2", "x" * 65, "ups\n", 5])
def test_carrier_that_is_no_code_is_refused(carrier: object) -> None:
    assert list(refused(carrier=carrier)) == ["/carrier"]


@pytest.mark.parametrize("carrier", ["ups", "dhl_express", "stamps_com", "DHL-eCommerce.de", "x" * 64])
def test_carrier_is_a_code(carrier: str) -> None:
    assert accepted(carrier=carrier)["carrier"] == carrier


@pytest.mark.parametrize(
    ("member", "wrong", "message"),
    [
        ("carrier_id", "5", "This must be a whole number, not text."),
        ("carrier_id", 5.0, "This must be a whole number, not one with decimals."),
        ("carrier_id", True, "This must be a whole number, not true or false."),
        ("carrier_id", 2**63, "This number must be at most 9223372036854775807."),
        ("status_description", 5, "This must be text, not a number."),
        ("status_description", "x" * 5001, "This text must have at most 5,000 characters."),
        ("tracking_number", "", "This text must have at least 1 character."),
        ("messages", "text", "This must be a list, not text."),
        ("messages", ["x"] * 101, "This list must have at most 100 items."),
        ("events", {}, "This must be a list, not an object."),
        ("events", [scan()] * 501, "This list must have at most 500 items."),
        ("address_to", "Austin", "This must be an object, not text."),
        ("metadata", 5, "This must be text or an object, not a number."),
        ("metadata", ["x"], "This must be text or an object, not a list."),
        ("metadata", "x" * 5001, "This text is longer than 5,000 characters."),
        ("label_url", "https://example.com/" + "x" * 4096, "This URL is longer than 4,096 characters."),
        ("tracking_url", 5, "This must be text, not a number."),
        ("shipment_id", 1.5, "An id must be text or a whole number, not a number."),
        ("TrackingUrl", "x", "There is no member of this name here; did you mean tracking_url?"),
        ("zzz", None, "There is no member of this name here."),
        ("ship_date", 5, "This must be text, not a number."),
        ("ship_date", "2026-02-30", "There is no such day or time in the calendar."),
        ("ship_date", "5 May", "This is not a time of the form 2026-01-02T20:00:00Z (RFC 3339)."),
        (
            "ship_date",
            "2026-01-02T20:00:00",
            "This time has no zone. End it with Z for UTC, or with an offset such as +02:00.",
        ),
    ],
)
def test_fault_is_told_in_plain_words(member: str, wrong: object, message: str) -> None:
    assert refused(**{member: wrong}) == {f"/{member}": message}


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("occurred_at", "2026-01-02"),
        ("occurred_at", "2026-01-02T20:00:00"),
        ("occurred_at", 1767384000),
        ("carrier_occurred_at", "yesterday"),
        ("carrier_occurred_at", "2026-01-02T24:30:00"),
        ("latitude", 90.1),
        ("latitude", "37.8"),
        ("latitude", True),
        ("longitude", -181),
        ("tracking_event_id", "539"),
        ("object_id", ""),
        ("tracking_number", "x"),
    ],
)
def test_fault_in_a_scan_is_found_in_its_place(member: str, wrong: object) -> None:
    assert list(refused(events=[scan(), scan(**{member: wrong})])) == [f"/events/1/{member}"]


def test_all_faults_are_told_at_once() -> None:
    data = {
        "carrier": "u ps",
        "status": "??",
        "substatus": {"action_required": "no"},
        "service_level": {"parent": {"parent": {}}},
        "events": [{}, scan(latitude=91, cty="x")],
    }

    assert set(faults(EventType.TRACKING_UPDATED, data)) == {
        "/tracking_number",
        "/carrier",
        "/status",
        "/substatus/code",
        "/substatus/action_required",
        "/service_level/parent/parent",
        "/events/0/occurred_at",
        "/events/1/latitude",
        "/events/1/cty",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-01-05", "2026-01-05T00:00:00Z"),
        ("2026-01-05T12:00:00Z", "2026-01-05T12:00:00Z"),
        ("2026-01-05T12:00:00+02:00", "2026-01-05T10:00:00Z"),
        ("2026-01-05t12:00:00.000z", "2026-01-05T12:00:00Z"),
        ("2026-01-05 23:59:59.69-05:30", "2026-01-06T05:29:59.690Z"),
        ("2026-01-05T12:00:00.123456Z", "2026-01-05T12:00:00.123456Z"),
        ("2026-01-05T12:00:00.1234567Z", "2026-01-05T12:00:00.1234567Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_date_is_kept_in_utc_with_no_more_digits_than_said(given: str, kept: str) -> None:
    members = (
        "ship_date",
        "estimated_delivery_date",
        "original_estimated_delivery_date",
        "actual_delivery_date",
    )

    assert accepted(**dict.fromkeys(members, given)) == tracking(**dict.fromkeys(members, kept))


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-01-05T12:00:60Z",
        "2026-01-05T12:00:00+24:00",
        "2026-01-05T12:00:00.1234567890Z",
        "2026-01-05T12:00Z",
        "2026-1-5",
        "20260105",
        "2026-W01-1",
        "٢٠٢٦-01-05",
        "2026-01-05\n",
        "",
    ],
)
def test_date_that_is_none_is_refused(text: str) -> None:
    assert list(refused(ship_date=text)) == ["/ship_date"]


@pytest.mark.parametrize("text", ["2026-01-02T16:00:00", "2026-01-02T16:00:00.50-08:00", "2026-01-02"])
def test_carriers_own_time_is_kept_as_given(text: str) -> None:
    given = scan(carrier_occurred_at=text)

    assert accepted(events=[given])["events"] == [given]


@pytest.mark.parametrize("metadata", ["", "Order 1", {}, {"a": None, "b": [None, {"c": 1.5, "d": True}], "ü": "😀"}])
def test_metadata_is_kept_as_given(metadata: object) -> None:
    assert accepted(metadata=metadata)["metadata"] == metadata
