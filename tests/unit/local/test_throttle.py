"""API Gateway's token bucket."""

import pytest

from local.throttle import Throttle
from tests.unit.local.fixed_clock import FixedClock


@pytest.fixture
def throttle(clock: FixedClock) -> Throttle:
    return Throttle(rate=2, burst=3, monotonic=clock.monotonic)


def test_burst_is_let_through_and_no_more(throttle: Throttle) -> None:
    assert [throttle.lets_through() for _ in range(5)] == [True, True, True, False, False]


def test_rate_is_let_through_in_the_long_run(throttle: Throttle, clock: FixedClock) -> None:
    let_through = 0
    for _ in range(100):
        let_through += sum(throttle.lets_through() for _ in range(3))
        clock.forward(seconds=1)
    assert let_through == 3 + 99 * 2


def test_what_was_not_used_is_kept_up_to_the_burst(throttle: Throttle, clock: FixedClock) -> None:
    clock.forward(seconds=3600)
    assert sum(throttle.lets_through() for _ in range(10)) == 3
