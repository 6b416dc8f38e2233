"""Spreading deliveries over time."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from parcelhook.model.rate import slots
from tests.fakes import START

HORIZON = timedelta(seconds=900)
SECONDS = st.none() | st.integers(-1_000, 2_000)


@given(st.integers(0, 500), st.sampled_from([0.01, 0.5, 1, 3, 50, 1_000]), SECONDS)
def test_slots_are_a_step_apart_and_within_the_horizon(wanted: int, rate: float, next_slot: int | None) -> None:
    known = None if next_slot is None else START + timedelta(seconds=next_slot)
    taken = slots(wanted, rate, known, START, HORIZON)
    assert len(taken.moments) <= wanted
    assert all(START <= moment <= START + HORIZON for moment in taken.moments)
    assert all(moment >= known for moment in taken.moments if known)
    step = timedelta(seconds=1 / rate)
    assert all(after - before >= step * 0.999 for before, after in zip(taken.moments, taken.moments[1:], strict=False))


def test_nothing_is_free_just_beyond_the_horizon() -> None:
    assert slots(1, 0.01, START + HORIZON + timedelta(seconds=1), START, HORIZON).moments == ()


def test_batches_that_follow_each_other_share_the_rate() -> None:
    first = slots(3, 2, None, START, HORIZON)
    second = slots(2, 2, first.next_slot, START, HORIZON)
    assert [(moment - START).total_seconds() for moment in (*first.moments, *second.moments)] == [0, 0.5, 1, 1.5, 2]


def test_time_that_was_not_used_is_not_saved_up() -> None:
    taken = slots(2, 1, START - timedelta(hours=1), START, HORIZON)
    assert [(moment - START).total_seconds() for moment in taken.moments] == [0, 1]
