"""What a check tells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.simulation.life import Life


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be."""

    invariant: str
    text: str
    words: tuple[str, ...] = ()
    """By which the notes about it are found."""


Check = Callable[[Life], Iterator[Violation]]
