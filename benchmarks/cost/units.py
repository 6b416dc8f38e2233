"""How AWS rounds: what an item, a message, an invocation is billed as. Items are measured in `storage/sizes.py`."""

from collections.abc import Iterable
from math import ceil

_WRITE_BYTES, _READ_BYTES, _REQUEST_BYTES = 1024, 4096, 64 * 1024
# A function has a whole core at so many MiB, and less in proportion below.
_CORE_MEMORY = 1769


def write_units(*sizes: int) -> int:
    """Of a write, from the sizes of the item before and after: the larger counts, by the KiB begun."""
    return max(1, ceil(max(sizes) / _WRITE_BYTES))


def index_write_units(before: object, after: object) -> int:
    """Of an index of keys only: an entry is written, removed, or removed and written; an equal one is left alone."""
    if before == after:
        return 0
    return (before is not None) + (after is not None)


def read_units(size: int, *, consistent: bool) -> float:
    """Of a read of so many bytes: by the 4 KiB begun, half unless it is consistent."""
    return max(1, ceil(size / _READ_BYTES)) * (1.0 if consistent else 0.5)


def queue_requests(bodies: Iterable[str]) -> int:
    """Of one call that carries these message bodies: by the 64 KiB begun."""
    return max(1, ceil(sum(len(body.encode()) for body in bodies) / _REQUEST_BYTES))


def gigabyte_seconds(milliseconds: float, memory: int) -> float:
    """Of one invocation: by the millisecond begun, times memory in MiB."""
    return ceil(milliseconds) / 1000 * memory / 1024


def core_share(memory: int) -> float:
    """How much of a core a function with so much memory (MiB) has for one thread."""
    return min(1.0, memory / _CORE_MEMORY)
