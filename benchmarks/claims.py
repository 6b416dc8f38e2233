"""What a benchmark says in one line: a claim, what was measured, and the bar that it is held to."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.table import print_table


@dataclass(frozen=True, slots=True)
class Claim:
    """It holds where `measured` is at most `bar`. `unit` is `x` for a ratio."""

    text: str
    measured: float
    bar: float
    unit: str = "x"

    @property
    def holds(self) -> bool:
        return self.measured <= self.bar


def print_claims(claims: Sequence[Claim]) -> None:
    """Prints them as one table."""
    rows = [
        [each.text, f"{each.measured:.2f} {each.unit}", f"{each.bar:.2f} {each.unit}", "yes" if each.holds else "NO"]
        for each in claims
    ]
    print_table("All of this run", ["claim", "measured", "at most", "holds"], rows)
