from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.clock import SystemClock, from_text, to_text

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - as asked for


def test_moment_is_written_with_milliseconds_and_z() -> None:
    assert to_text(datetime(2026, 1, 2, 20, 0, tzinfo=UTC)) == "2026-01-02T20:00:00.000Z"


def test_moment_of_another_zone_is_written_in_utc() -> None:
    moment = datetime(2026, 1, 2, 20, 0, tzinfo=timezone(timedelta(hours=2)))
    assert to_text(moment) == "2026-01-02T18:00:00.000Z"


@given(MOMENTS)
def test_moment_comes_back_to_the_millisecond(moment: datetime) -> None:
    read = from_text(to_text(moment))
    assert read == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert read.utcoffset() == timedelta(0)


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    if to_text(one) != to_text(other):
        assert (to_text(one) < to_text(other)) == (one < other)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00.000Z"])
def test_text_without_a_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        from_text(text)


def test_system_clock_tells_utc_and_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()
