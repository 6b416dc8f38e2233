"""The table of statuses, in full: ours, and what each vendor is told."""

import pytest

from parcelhook.dialects.statuses import SHIPPO_SUBSTATUSES, STATUSES
from parcelhook.model.tracking import SHIPENGINE_STATUSES, TrackingStatus

# Ours; ShipEngine's code and detail code; Shippo's status and substatus; eHub's code.
TABLE = [
    ("not_yet_in_system", "NY", None, "PRE_TRANSIT", "information_received", "MA"),
    ("accepted", "AC", None, "TRANSIT", "package_accepted", "03"),
    ("in_transit", "IT", None, "TRANSIT", None, "10"),
    ("out_for_delivery", "IT", "OUT_FOR_DELIVERY", "TRANSIT", "out_for_delivery", "OF"),
    ("attempted", "AT", None, "TRANSIT", "delivery_attempted", "02"),
    ("delivered", "DE", None, "DELIVERED", "delivered", "01"),
    ("delivered_to_collection_location", "SP", None, "TRANSIT", "pickup_available", "14"),
    ("exception", "EX", None, "FAILURE", None, None),
    ("returned", "EX", "RETURN", "RETURNED", "return_to_sender", "09"),
    ("unknown", "UN", None, "UNKNOWN", "other", None),
]
# "Event definitions" of Shippo's tracking guide: substatuses of each status, and those that ask for an action.
SUBSTATUSES = {
    "PRE_TRANSIT": "information_received",
    "TRANSIT": (
        "address_issue contact_carrier delayed delivery_attempted delivery_rescheduled delivery_scheduled"
        " location_inaccessible notice_left out_for_delivery package_accepted package_arrived package_damaged"
        " package_departed package_forwarded package_held package_processed package_processing pickup_available"
        " reschedule_delivery"
    ),
    "DELIVERED": "delivered",
    "RETURNED": "return_to_sender package_unclaimed",
    "FAILURE": "package_undeliverable package_disposed package_lost",
    "UNKNOWN": "other",
}
ACTION_REQUIRED = (
    "address_issue contact_carrier delivery_attempted location_inaccessible notice_left package_damaged"
    " pickup_available reschedule_delivery package_unclaimed package_undeliverable package_lost"
)


@pytest.mark.parametrize(("ours", "shipengine", "detail", "shippo", "substatus", "ehub"), TABLE)
def test_vendors_call_a_status(
    ours: str, shipengine: str, detail: str | None, shippo: str, substatus: str | None, ehub: str | None
) -> None:
    told = STATUSES[TrackingStatus(ours)]
    assert told.shipengine[0] == shipengine
    assert (told.shipengine_detail or (None, None))[0] == detail
    assert (told.shippo, told.shippo_substatus) == (shippo, substatus)
    assert told.ehub == ehub


def test_table_has_every_status() -> None:
    assert [row[0] for row in TABLE] == list(TrackingStatus) == list(STATUSES)


def test_shipengine_is_told_all_eight_codes_and_says_them_back() -> None:
    assert {status.shipengine[0] for status in STATUSES.values()} == set(SHIPENGINE_STATUSES)
    for code, ours in SHIPENGINE_STATUSES.items():
        assert STATUSES[ours].shipengine[0] == code


def test_shippo_substatuses_are_those_of_its_guide() -> None:
    expected = {code: status for status, codes in SUBSTATUSES.items() for code in codes.split()}
    assert {code: each.status for code, each in SHIPPO_SUBSTATUSES.items()} == expected
    assert {code for code, each in SHIPPO_SUBSTATUSES.items() if each.action_required} == set(ACTION_REQUIRED.split())
    assert all(each.text for each in SHIPPO_SUBSTATUSES.values())


def test_shippo_is_told_all_six_statuses_and_only_substatuses_that_belong_to_them() -> None:
    assert {status.shippo for status in STATUSES.values()} == set(SUBSTATUSES)
    for status in STATUSES.values():
        if status.shippo_substatus:
            assert SHIPPO_SUBSTATUSES[status.shippo_substatus].status == status.shippo
