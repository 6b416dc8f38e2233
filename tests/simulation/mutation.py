"""What a deliberate fault is, and how it gets into the system."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from parcelhook.delivery.engine import Engine
from parcelhook.delivery.record import Recorder
from parcelhook.services.api import ApiServices
from tests.simulation.alterations import Alterations
from tests.simulation.faults import Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A fault, and where it shows."""

    name: str
    alterations: Alterations
    invariant: str
    seed: int
    """Whose life catches it."""
    only: Faults | None = None
    """What goes wrong in that life, where it is not what the seed draws."""


def as_kind(kind: type[Any], whole: Any, **members: Any) -> Any:
    """`whole` as a `kind`, which is its own class with something changed."""
    own = {each.name: getattr(whole, each.name) for each in fields(whole) if each.init}
    return kind(**(own | members))


def with_part(engine: Engine, **part: Any) -> Engine:
    """`engine` with a part of its planner replaced, in the planners of single kinds of messages too."""
    planner = engine.planner
    own = {name: _with(getattr(planner, name), part) for name in ("events", "deliveries", "manual")}
    return replace(engine, planner=_with(replace(planner, **own), part))


def _with(whole: Any, part: dict[str, Any]) -> Any:
    names = {each.name for each in fields(whole)}
    return replace(whole, **{name: value for name, value in part.items() if name in names})


def with_recorder(engine: Engine, recorder: Recorder) -> Engine:
    return replace(with_part(engine, recorder=recorder), recorder=recorder)


def in_engine(change: Callable[[Engine], Engine]) -> Alterations:
    return Alterations(engine=change)


def in_services(**kinds: type[Any]) -> Callable[[ApiServices], ApiServices]:
    def change(services: ApiServices) -> ApiServices:
        return replace(services, **{name: as_kind(kind, getattr(services, name)) for name, kind in kinds.items()})

    return change
