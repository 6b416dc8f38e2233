"""When a failed delivery is tried again: arithmetic that must hold for any moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.delivery.policy import LONGEST_RETRY_AFTER, Buckets, RetrySchedule
from parcelhook.model.delivery import RetryPolicy

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WIDTHS = st.sampled_from([1, 5, 30, 60]).map(lambda seconds: timedelta(seconds=seconds))
LEADS = st.integers(0, 300).map(lambda seconds: timedelta(seconds=seconds))
INTERVALS = st.integers(1, 86_400).map(lambda seconds: timedelta(seconds=seconds))
WISHES = st.none() | st.timedeltas(timedelta(0), timedelta(days=400))
BUCKETS = st.builds(Buckets, width=WIDTHS, lead=LEADS)

TWO_HOURS = RetryPolicy(attempts=3, interval=timedelta(hours=2))
MINUTES = Buckets(width=timedelta(minutes=1), lead=timedelta(minutes=2))
ENDED = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)


@given(MOMENTS, MOMENTS, BUCKETS)
def test_bucket_is_the_first_that_is_late_enough(moment: datetime, now: datetime, buckets: Buckets) -> None:
    bucket = buckets.holding(moment, now)
    earliest = max(moment, now + buckets.lead)
    assert earliest <= bucket < earliest + buckets.width
    assert bucket.timestamp() % buckets.width.total_seconds() == 0


@given(MOMENTS, BUCKETS, INTERVALS, st.integers(0, 300), st.floats(0, 1))
def test_next_attempt_is_never_early_and_hardly_late(
    ended: datetime, buckets: Buckets, interval: timedelta, jitter: int, share: float
) -> None:
    schedule = RetrySchedule(
        buckets=buckets, jitter=timedelta(seconds=jitter), uniform=lambda low, high: low + share * (high - low)
    )
    due_at = schedule.next_attempt(RetryPolicy(attempts=3, interval=interval), ended)
    assert interval <= due_at - ended <= interval + buckets.width + buckets.lead + timedelta(seconds=jitter)


@given(MOMENTS, BUCKETS, INTERVALS, WISHES)
def test_wish_is_followed_for_a_day_and_never_shortens_the_interval(
    ended: datetime, buckets: Buckets, interval: timedelta, wish: timedelta | None
) -> None:
    policy = RetryPolicy(attempts=3, interval=interval)
    due_at = RetrySchedule(buckets=buckets).next_attempt(policy, ended, wish)
    wait = max(interval, min(wish or timedelta(0), LONGEST_RETRY_AFTER))
    assert wait <= due_at - ended <= wait + buckets.width + buckets.lead


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (None, "2026-01-05T14:01:00+00:00"),
        (timedelta(0), "2026-01-05T14:01:00+00:00"),
        (timedelta(seconds=5), "2026-01-05T14:01:00+00:00"),
        (timedelta(hours=3), "2026-01-05T15:01:00+00:00"),
        (timedelta(days=9), "2026-01-06T12:01:00+00:00"),
    ],
)
def test_two_hours_are_two_hours_unless_more_is_asked_for(wish: timedelta | None, expected: str) -> None:
    assert RetrySchedule(buckets=MINUTES).next_attempt(TWO_HOURS, ENDED, wish).isoformat() == expected


def test_moment_on_a_bucket_is_that_bucket() -> None:
    on_time = datetime(2026, 1, 5, 12, 5, tzinfo=UTC)
    assert MINUTES.holding(on_time, on_time - timedelta(minutes=2)) == on_time


def test_what_could_not_be_tried_now_is_tried_soon() -> None:
    assert RetrySchedule(buckets=MINUTES).soon(ENDED) == datetime(2026, 1, 5, 12, 3, tzinfo=UTC)


def test_there_is_no_jitter_unless_it_is_set() -> None:
    schedule = RetrySchedule(buckets=MINUTES)
    assert {schedule.next_attempt(TWO_HOURS, ENDED) for _ in range(50)} == {ENDED + timedelta(hours=2, seconds=30)}


def test_jitter_spreads_what_failed_together() -> None:
    schedule = RetrySchedule(buckets=MINUTES, jitter=timedelta(minutes=5))
    assert len({schedule.next_attempt(TWO_HOURS, ENDED) for _ in range(200)}) > 2
