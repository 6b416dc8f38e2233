"""Files that only their owner can read, and that are there as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_OWNER_ONLY = 0o600


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A new file that takes the place of `path` at the end, unless something goes wrong. Raises `OSError`."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        with open(os.open(unfinished, flags, _OWNER_ONLY), "w", encoding="utf-8") as file:  # noqa: PTH123
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
