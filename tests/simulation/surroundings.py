"""What all of a simulated life shares: one loop, one source of chance, one AWS, one history."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from tests.simulation.faults import Faults
from tests.simulation.history import History
from tests.simulation.loop import SimulatedLoop


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """Handed to every part of the world."""

    loop: SimulatedLoop
    random: Random
    start: datetime
    history: History
    faults: Faults
    aws: Mapping[str, Any] = field(default_factory=dict)
    """The simulated services, by the names of their clients."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def happens(self, chance: float) -> bool:
        """Whether something with this chance happens."""
        return chance > 0 and self.random.random() < chance

    def next_number(self) -> int:
        """One that was not given before."""
        return next(self._numbers)
