"""Deliberate faults, each of which the simulation must find: what proves that its checks can fail.

A mutation replaces a part of the system with one that is wrong, as somebody might write it by mistake. Nothing on disk
is changed. Each says which invariant finds it, and in the life of which seed; where changes to the code gave that seed
another life, `python -m tests.simulation.search` finds new ones.
"""

from tests.simulation.delivery_mutations import DELIVERY_MUTATIONS
from tests.simulation.promise_mutations import PROMISE_MUTATIONS
from tests.simulation.subscription_mutations import SUBSCRIPTION_MUTATIONS

MUTATIONS = (*DELIVERY_MUTATIONS, *SUBSCRIPTION_MUTATIONS, *PROMISE_MUTATIONS)
