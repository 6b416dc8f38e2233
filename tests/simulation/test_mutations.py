"""Each deliberate fault is found: checks that cannot fail would prove nothing."""

import pytest

from tests.simulation.mutation import Mutation
from tests.simulation.mutations import MUTATIONS
from tests.simulation.report import broken
from tests.simulation.subscription_mutations import ForeignLists


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_deliberate_fault_is_found(mutation: Mutation) -> None:
    ForeignLists.seen.clear()

    assert mutation.invariant in broken(mutation.seed, mutation.alterations, mutation.only)
