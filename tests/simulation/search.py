"""`python -m tests.simulation.search [first [last]]`: the first seed that catches each deliberate fault, by hand."""

import sys

from tests.simulation.mutation import Mutation
from tests.simulation.mutations import MUTATIONS
from tests.simulation.report import broken
from tests.simulation.subscription_mutations import ForeignLists

_LAST = 400


def found_by(mutation: Mutation, seeds: range) -> int | None:
    """The first of `seeds` whose life shows the fault where it is said to show."""
    for seed in seeds:
        ForeignLists.seen.clear()
        if mutation.invariant in broken(seed, mutation.alterations, mutation.only):
            return seed
    return None


def main() -> None:
    """Begins with the seed that is known, so that it takes long only where that is out of date."""
    first, last = ([int(text) for text in sys.argv[1:]] + [0, _LAST][len(sys.argv) - 1 :])[:2]
    for mutation in MUTATIONS:
        seed = found_by(mutation, range(mutation.seed, mutation.seed + 1))
        seed = found_by(mutation, range(first, last)) if seed is None else seed
        print(f"{mutation.invariant}  {mutation.name}: {seed if seed is not None else 'not found'}", flush=True)


if __name__ == "__main__":
    main()
