"""The circuit breaker's rule: when it is what, for how long, and how fast what waited is drained."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.model.circuit import CLOSED, Circuit, CircuitState, pause, waits_until
from tests.fakes import START

TWO_HOURS = timedelta(hours=2)
MINUTE = timedelta(minutes=1)
OPEN = Circuit(failures=5, opened_at=START, open_until=START + MINUTE, openings=1)
SPANS = st.timedeltas(timedelta(0), timedelta(days=1))


def test_it_is_open_until_its_pause_is_over_and_half_open_from_then_on() -> None:
    assert CLOSED.state(START) is CircuitState.CLOSED
    assert OPEN.state(START + MINUTE - timedelta(milliseconds=1)) is CircuitState.OPEN
    assert OPEN.state(START + MINUTE) is CircuitState.HALF_OPEN


@pytest.mark.parametrize(("failures", "suspicious"), [(0, False), (1, False), (2, True), (4, True)])
def test_two_failures_make_an_endpoint_suspicious(failures: int, suspicious: bool) -> None:
    assert Circuit(failures=failures).is_suspicious is suspicious
    assert OPEN.is_suspicious


def test_pauses_double_up_to_half_an_hour() -> None:
    minutes = [pause(openings, TWO_HOURS) / MINUTE for openings in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]


@given(st.integers(1, 10_000), st.integers(1, 86_400))
def test_no_pause_is_longer_than_a_quarter_of_the_interval(openings: int, seconds: int) -> None:
    interval = timedelta(seconds=seconds)
    assert timedelta(0) < pause(openings, interval) <= min(interval / 4, timedelta(minutes=30))


@given(SPANS, SPANS, SPANS)
def test_delivery_waits_for_the_probe_and_never_longer_than_an_interval(
    waited: timedelta, remaining: timedelta, interval: timedelta
) -> None:
    now = START + waited
    circuit = replace(OPEN, open_until=now + remaining)
    moment = waits_until(circuit, START, now, interval)
    assert moment <= START + interval
    assert moment == START + interval or moment >= now + remaining


def test_delivery_that_waited_long_is_looked_at_more_rarely() -> None:
    assert waits_until(OPEN, START, START, TWO_HOURS) == START + MINUTE
    later = START + timedelta(minutes=10)
    assert waits_until(replace(OPEN, open_until=later + MINUTE), START, later, TWO_HOURS) == later + 30 * MINUTE


def test_drain_begins_slowly_doubles_and_ends() -> None:
    closed = Circuit(closed_at=START)
    rates = [closed.drain_rate(START + timedelta(seconds=seconds), TWO_HOURS) for seconds in (0, 15, 30, 90, 599, 600)]
    assert rates == [1, 2, 4, 50, 50, None]
    assert CLOSED.drain_rate(START, TWO_HOURS) is None
    assert replace(OPEN, closed_at=START).drain_rate(START, TWO_HOURS) is None


def test_without_an_interval_nothing_is_drained_slowly() -> None:
    assert Circuit(closed_at=START).drain_rate(START, timedelta(0)) is None
