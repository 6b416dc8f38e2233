"""What a process holds, as Linux tells it."""

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """By one process at one moment."""

    resident_bytes: int
    threads: int
    descriptors: int
    """Open files, sockets included."""
    sockets: int


def held(pid: int) -> Held:
    """Raises `ProcessLookupError` when there is no such process."""
    process = Path(f"/proc/{pid}")
    try:
        resident_pages = int((process / "statm").read_text().split()[1])
        threads = len(os.listdir(process / "task"))  # noqa: PTH208 - only their number
        targets = [_target(link) for link in (process / "fd").iterdir()]
    except FileNotFoundError as error:
        raise ProcessLookupError(f"There is no process {pid}.") from error
    return Held(
        resident_bytes=resident_pages * _PAGE_BYTES,
        threads=threads,
        descriptors=len(targets),
        sockets=sum(target.startswith("socket:") for target in targets),
    )


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        # Closed while we looked.
        return ""
