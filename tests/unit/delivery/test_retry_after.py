"""What endpoints ask for with Retry-After."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.delivery.retry_after import retry_after
from tests.fakes import START


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("120", 120), (" 120 ", 120), ("0010", 10), ("7200", 7200)])
def test_seconds_are_seconds(text: str, seconds: int) -> None:
    assert retry_after(text, START) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Fri, 02 Jan 2026 21:00:00 GMT", 3600),
        ("Friday, 02-Jan-26 21:00:00 GMT", 3600),
        ("Fri Jan  2 21:00:00 2026", 3600),
        ("Fri, 02 Jan 2026 21:00:00 +0100", 0),
        ("Fri, 02 Jan 2026 19:00:00 GMT", 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
    ],
)
def test_date_is_counted_from_now(text: str, seconds: int) -> None:
    assert retry_after(text, START) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "soon",
        "-5",
        "1.5",
        "1e3",
        "0x10",
        "5 minutes",
        "Mon, 99 Jan 2026 13:00:00 GMT",
        "Mon, 05 Jan 99999999999 13:00:00 GMT",
        "Fri, 02 Jan 2026 21:00:00 +99999999999999999999",
        "Mon, 05 Jan 2026 99999999999999999999:00:00 GMT",
        ",",
        "\0",
        "²",
    ],
)
def test_what_is_neither_asks_for_nothing(text: str | None) -> None:
    assert retry_after(text, START) is None


@pytest.mark.parametrize("text", ["9" * 20, "9" * 5_000, "9" * 30_000])
def test_endless_number_is_only_very_long(text: str) -> None:
    wish = retry_after(text, START)
    assert wish is not None
    assert wish > timedelta(days=365)


@given(st.text() | st.from_regex(r"(Mon, )?\d+ (Jan|Feb) \d{1,12} \d+:\d+(:\d+)? ([+-]\d+|GMT)", fullmatch=True))
def test_no_text_is_too_odd(text: str) -> None:
    wish = retry_after(text, START)
    assert wish is None or wish >= timedelta(0)


@given(st.datetimes(min_value=START.replace(tzinfo=None), timezones=st.just(UTC)))
def test_date_of_the_future_is_never_early(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert retry_after(format_datetime(whole, usegmt=True), START) == max(whole - START, timedelta(0))
