"""What no batch of dispatch sees, in numbers: told each time that the sweep runs."""

import logging
from typing import Protocol

from parcelhook.collaborators import collaborator
from parcelhook.errors import UnavailableError
from parcelhook.metrics import Metric, MetricLines

_LOGGER = logging.getLogger(__name__)


class Circuits(Protocol):
    """The circuits of all endpoints."""

    def count(self) -> int:
        """How many are open. Raises `UnavailableError`."""
        ...


@collaborator(kw_only=True)
class Survey:
    """Counts, and writes it down."""

    circuits: Circuits
    lines: MetricLines

    def take(self) -> None:
        """Raises nothing: the next one is five minutes away."""
        try:
            self.lines.tell({Metric.CIRCUITS_OPEN: self.circuits.count()})
        except UnavailableError:
            _LOGGER.warning("open circuits not counted", exc_info=True)
