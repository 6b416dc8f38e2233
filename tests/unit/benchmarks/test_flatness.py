"""Whether samples grow is told by the line that fits them best."""

import pytest

from benchmarks.laptop.flatness import COUNT, MEBIBYTE, MEMORY, line

TIMES = [float(second) for second in range(0, 420, 5)]


def noisy(level: float, growth: float, noise: float) -> list[float]:
    """Samples that rise by `growth` in all, and swing by `noise` around that."""
    return [level + growth * number / (len(TIMES) - 1) + noise * (-1) ** number for number, _ in enumerate(TIMES)]


def test_line_through_a_line_is_that_line() -> None:
    fitted = line([0, 1, 3], [5, 7, 11])
    assert (fitted.first, fitted.last, fitted.growth) == pytest.approx((5, 11, 6))


@pytest.mark.parametrize(
    ("growth", "noise", "flat"), [(0, 0, True), (0, 8, True), (1, 8, True), (5, 0, False), (5, 8, False), (-9, 0, True)]
)
def test_memory_is_flat_if_it_grows_by_less_than_an_allocator_keeps(growth: float, noise: float, flat: bool) -> None:
    values = noisy(80 * MEBIBYTE, growth * MEBIBYTE, noise * MEBIBYTE)
    assert line(TIMES, values).is_flat(MEMORY) is flat


@pytest.mark.parametrize(("growth", "flat"), [(0, True), (2, True), (7, False)])
def test_a_descriptor_a_minute_is_a_leak(growth: float, flat: bool) -> None:
    assert line(TIMES, noisy(12, growth, 2)).is_flat(COUNT) is flat


def test_larger_process_may_swing_by_its_share() -> None:
    values = noisy(400 * MEBIBYTE, 10 * MEBIBYTE, 0)
    assert line(TIMES, values).is_flat(MEMORY)


@pytest.mark.parametrize(("times", "values"), [([], []), ([1.0], [1.0]), ([1.0, 1.0], [1.0, 2.0]), ([1.0, 2.0], [1.0])])
def test_line_needs_two_samples_at_different_times(times: list[float], values: list[float]) -> None:
    with pytest.raises(ValueError, match="two samples"):
        line(times, values)
