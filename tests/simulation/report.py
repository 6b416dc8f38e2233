"""What is said of a life in which something was not as it must be."""

from collections.abc import Sequence

from tests.simulation.alterations import Alterations
from tests.simulation.faults import Faults
from tests.simulation.invariants import violations
from tests.simulation.life import Life, live
from tests.simulation.violation import Violation

_MOST_TOLD = 3


def fault_of(seed: int, only: Faults | None = None) -> str | None:
    """Lives the life of a seed. Answers what is wrong with it, or None."""
    life = live(seed, only=only)
    found = violations(life)
    return report(life, found) if found else None


def broken(seed: int, alterations: Alterations, only: Faults | None = None) -> set[str]:
    """The invariants that do not hold in the life of a seed."""
    return {violation.invariant for violation in violations(live(seed, alterations, only))}


def report(life: Life, found: Sequence[Violation]) -> str:
    """Seed, invariants, what happened to whatever is concerned, and how to see it again."""
    lines = [f"seed {life.seed}: {len(found)} violations; again: make simulate SEED={life.seed}"]
    lines += [f"  faults: {life.world.history.worst}", f"  settings: {life.settings}"]
    for violation in found[:_MOST_TOLD]:
        lines.append(f"\ninvariant {violation.invariant}: {violation.text}")
        lines.append(life.world.history.tell(*violation.words) if violation.words else "")
    return "\n".join(lines)
