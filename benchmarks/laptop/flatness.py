"""Whether something that is sampled again and again grows."""

from collections.abc import Sequence
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much a line through the samples may rise from the first to the last: the larger of the two."""

    absolute: float
    share: float
    """Of the first value of the line."""


MEMORY = Allowance(absolute=2 * MEBIBYTE, share=0.03)
"""Python's allocator gives back memory in arenas of a MiB, so that less is nothing."""
COUNT = Allowance(absolute=3, share=0.1)
"""Of threads or descriptors, of which more or fewer are in use at each moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line that fits samples best (least squares)."""

    first: float
    """Its value at the first sample."""
    last: float

    @property
    def growth(self) -> float:
        return self.last - self.first

    def is_flat(self, allowance: Allowance) -> bool:
        return self.growth <= max(allowance.absolute, allowance.share * self.first)


def line(times: Sequence[float], values: Sequence[float]) -> Line:
    """Through at least two samples at different times. Raises `ValueError` for fewer."""
    if len(times) != len(values) or len(set(times)) < 2:
        raise ValueError("a line needs two samples at different times")
    middle_time, middle = sum(times) / len(times), sum(values) / len(values)
    spread = sum((time - middle_time) ** 2 for time in times)
    slope = sum((time - middle_time) * (value - middle) for time, value in zip(times, values, strict=True)) / spread
    return Line(first=middle + slope * (times[0] - middle_time), last=middle + slope * (times[-1] - middle_time))
