"""Thousands of simulated lives with faults in every place: what must be true is true in each.

The environment variable SEEDS says how many. A seed that fails is printed, with what happened and how to see it again.
"""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.faults import ALL_DUE_TWICE
from tests.simulation.life import live
from tests.simulation.report import fault_of

SEEDS = int(os.environ.get("SEEDS", "2000"))
# Small enough for two workers to finish at about the same time.
_CHUNK = 25


@pytest.mark.parametrize("first", range(0, SEEDS, _CHUNK))
def test_every_invariant_holds_in_every_life(first: int) -> None:
    faults = [fault for seed in range(first, min(first + _CHUNK, SEEDS)) if (fault := fault_of(seed))]

    assert not faults, "\n\n".join(faults)


def test_every_invariant_holds_where_two_workers_have_each_retry_at_once() -> None:
    faults = [fault for seed in range(25) if (fault := fault_of(seed, ALL_DUE_TWICE))]

    assert not faults, "\n\n".join(faults)


def test_a_seed_always_stands_for_the_same_life() -> None:
    one, other = live(6), live(6)

    assert len(one.world.history.notes) > 100
    assert one.world.history.tell(most=10**6) == other.world.history.tell(most=10**6)


def test_a_seed_stands_for_the_same_life_in_every_process() -> None:
    program = "from tests.simulation.life import live; print(live(6).world.history.tell(most=10**6))"

    def told(hash_seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", program]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    one = told("1")

    assert len(one.splitlines()) > 100
    assert one == told("2")


def test_lives_are_eventful() -> None:
    counts: Counter[str] = Counter()
    for seed in range(20):
        life = live(seed)
        counts.update(life.world.history.counts)
        counts["posts"] += sum(1 for _ in life.world.history.all_posts())
        counts["events"] += len(life.stories.events)
        counts["dead letters"] += life.dead_letters
        counts.update(delivery.state for delivery in life.deliveries.values())

    assert min(counts[name] for name in ("deaths", "troubles", "posts", "events", "delivered", "discarded")) > 50
    assert counts["held"] > 0
