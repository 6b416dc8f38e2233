"""What replaces parts of a simulated deployment before it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from parcelhook.delivery.engine import Engine
from parcelhook.delivery.redrive import Redriver
from parcelhook.services.ingest import IngestServices


@dataclass(frozen=True, slots=True, kw_only=True)
class Alterations:
    """What replaces parts of the system before they run: for whoever wants to see a fault found."""

    engine: Callable[[Engine], Engine] = lambda engine: engine
    redriver: Callable[[Redriver], Redriver] = lambda redriver: redriver
    services: Callable[[Any], Any] = lambda services: services
    ingest: Callable[[IngestServices], IngestServices] = lambda services: services


UNALTERED = Alterations()
