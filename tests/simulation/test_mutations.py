"""Each deliberate fault is found: checks that cannot fail would prove nothing."""

import pytest

from tests.simulation.mutations import MUTATIONS, ForeignLists, Mutation
from tests.simulation.promise_mutations import PROMISE_MUTATIONS
from tests.simulation.report import broken


@pytest.mark.parametrize("mutation", [*MUTATIONS, *PROMISE_MUTATIONS], ids=lambda mutation: mutation.name)
def test_a_deliberate_fault_is_found(mutation: Mutation) -> None:
    ForeignLists.seen.clear()

    assert mutation.invariant in broken(mutation.seed, mutation.alterations, mutation.only)
