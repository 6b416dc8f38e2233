"""`python -m tests.simulation`: as many lives as one likes, on all cores, or one life again."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.report import fault_of

_CHUNK = 20
_SHOWN_EVERY_SECONDS = 5.0


def main() -> int:
    """Answers 1 where an invariant was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many lives")
    parser.add_argument("--first", type=int, default=0, help="the seed to begin with")
    parser.add_argument("--seed", type=int, help="only this life")
    arguments = parser.parse_args()
    if arguments.seed is not None:
        fault = fault_of(arguments.seed)
        print(fault or f"seed {arguments.seed}: all invariants hold")
        return int(fault is not None)
    failed = _many(range(arguments.first, arguments.first + arguments.seeds))
    print(f"{arguments.seeds} lives, {len(failed)} with a fault{': ' if failed else ''}{' '.join(map(str, failed))}")
    return int(bool(failed))


def _many(seeds: range) -> list[int]:
    failed, done, began, shown = [], 0, time.monotonic(), 0.0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for chunk, faults in pool.map(_some, _chunks(seeds)):
            done += len(chunk)
            for seed, fault in faults:
                failed.append(seed)
                print(fault, end="\n\n", flush=True)
            passed = time.monotonic() - began
            if passed - shown > _SHOWN_EVERY_SECONDS:
                shown = passed
                print(f"{done} of {len(seeds)} lives, {done / passed:.1f} a second", file=sys.stderr, flush=True)
    return failed


def _some(seeds: range) -> tuple[range, list[tuple[int, str]]]:
    faults = ((seed, fault_of(seed)) for seed in seeds)
    return seeds, [(seed, fault) for seed, fault in faults if fault]


def _chunks(seeds: range) -> Iterator[range]:
    for start in range(0, len(seeds), _CHUNK):
        yield seeds[start : start + _CHUNK]


if __name__ == "__main__":
    sys.exit(main())
