"""The order of scans."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from parcelhook.dialects.scans import oldest_first

SECOND = "2026-01-02T20:35:26"


def scans(*moments: str) -> list[dict[str, str]]:
    return [{"occurred_at": moment, "name": str(number)} for number, moment in enumerate(moments)]


def names(*moments: str) -> str:
    return "".join(scan["name"] for scan in oldest_first(scans(*moments)))


def test_fraction_of_a_second_comes_after_the_whole_second() -> None:
    assert names(f"{SECOND}.129Z", f"{SECOND}Z") == "10"
    assert names(f"{SECOND}Z", f"{SECOND}.129Z") == "01"


def test_nanoseconds_can_be_read() -> None:
    assert names(f"{SECOND}.123456789Z", f"{SECOND}.1Z") == "10"


def test_scans_of_one_time_keep_the_order_of_a_list_that_has_the_newest_first() -> None:
    assert names("2026-01-03T00:00:00Z", f"{SECOND}Z", f"{SECOND}Z") == "210"
    assert names(f"{SECOND}Z", f"{SECOND}Z") == "10"


def test_scans_of_one_time_keep_the_order_of_a_list_that_has_the_oldest_first() -> None:
    assert names(f"{SECOND}Z", f"{SECOND}Z", "2026-01-03T00:00:00Z") == "012"


@given(st.lists(st.datetimes(), max_size=8))
def test_nothing_is_lost(moments: list[datetime]) -> None:
    given_scans = [{"occurred_at": f"{moment.isoformat()}Z"} for moment in moments]
    ordered = oldest_first(given_scans)
    assert sorted(map(str, ordered)) == sorted(map(str, given_scans))
