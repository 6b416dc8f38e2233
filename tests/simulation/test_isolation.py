"""Hanging endpoints and the others, in simulated time, on the benchmark's deployment at a tenth of its size."""

from dataclasses import replace

import pytest

from benchmarks.isolation.load import Scenario, live
from benchmarks.isolation.plain import plain

SMALL = Scenario(endpoints=100, rate=40.0, hang_from=10.0, until=60.0)
FROM_THE_FIRST_MOMENT = (10.0, 60.0)


@pytest.fixture(scope="module")
def healthy_p99() -> float:
    return live(SMALL).summary(*FROM_THE_FIRST_MOMENT).p99


def test_healthy_deliveries_are_not_late_when_a_tenth_of_all_endpoints_begins_to_hang(healthy_p99: float) -> None:
    run = live(replace(SMALL, hanging=0.1))
    seen = run.summary(*FROM_THE_FIRST_MOMENT)

    assert seen.hanging_posts > 10
    assert seen.undelivered == 0
    assert seen.p99 <= 1.5 * healthy_p99


def test_on_one_plain_queue_they_would_be(healthy_p99: float) -> None:
    seen = live(replace(SMALL, hanging=0.2, altered=plain)).summary(*FROM_THE_FIRST_MOMENT)

    assert seen.p99 > 3 * healthy_p99
