"""The arithmetic of the cost model: how AWS rounds, and that all that is counted has a price."""

from datetime import timedelta

import pytest

from benchmarks.cost import units
from benchmarks.cost.schedules import in_an_hour
from parcelhook.prices import PRICES, dollars


@pytest.mark.parametrize(("sizes", "expected"), [((0,), 1), ((1024,), 1), ((1025,), 2), ((3000, 100), 3)])
def test_write_is_billed_by_the_kibibyte_begun_of_the_larger_item(sizes: tuple[int, ...], expected: int) -> None:
    assert units.write_units(*sizes) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(None, None, 0), (None, ("a",), 1), (("a",), None, 1), (("a",), ("a",), 0), (("a",), ("b",), 2)],
)
def test_index_is_written_where_its_entry_changes(before: object, after: object, expected: int) -> None:
    assert units.index_write_units(before, after) == expected


def test_reads_are_billed_by_four_kibibytes_and_half_unless_consistent() -> None:
    assert units.read_units(0, consistent=False) == 0.5
    assert units.read_units(4096, consistent=True) == 1.0
    assert units.read_units(4097, consistent=False) == 1.0


def test_message_is_billed_by_64_kibibytes_of_utf8() -> None:
    assert units.queue_requests([]) == 1
    assert units.queue_requests(["x" * 65536]) == 1
    assert units.queue_requests(["\u00e9" * 32768, "x"]) == 2


def test_invocation_is_billed_by_the_millisecond_begun() -> None:
    assert units.gigabyte_seconds(10.1, 512) == pytest.approx(0.0055)
    assert units.core_share(1769) == units.core_share(4000) == 1.0
    assert units.core_share(884) == pytest.approx(0.4997, abs=1e-4)


def test_every_kind_has_a_price_and_no_other_is_known() -> None:
    assert all(dollars(kind, 1) > 0 for kind in PRICES)
    with pytest.raises(KeyError):
        dollars("Unknown", 1)


def test_schedules_grow_with_minutes_and_shards_not_with_failures() -> None:
    minute = timedelta(minutes=1)
    assert in_an_hour(6_000, shards=1, width=minute) == in_an_hour(24_000, shards=1, width=minute) == 60
    assert in_an_hour(24_000, shards=2, width=minute) == 120
