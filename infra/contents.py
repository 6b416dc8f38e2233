"""What is in the layer, and how large it is: `make layer`. Ends with 1 where it is too large."""

import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from email.parser import HeaderParser
from io import BytesIO
from pathlib import Path

from infra.bundling import PACKAGE, build_for_lambda

LARGEST_ARCHIVE = 15 * 1024 * 1024
"""Bytes, zipped. Lambda itself would take 50 MB; what is larger starts later."""


def archive_size(layer: Path) -> int:
    """Bytes of the layer as it is uploaded."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(layer.rglob("*")):
            target.write(path, path.relative_to(layer))
    return len(archive.getvalue())


def packages(layer: Path) -> dict[str, str]:
    """Versions of what is installed in the layer, by name."""
    found = {}
    for path in (layer / "python").glob("*.dist-info/METADATA"):
        metadata = HeaderParser().parsestr(path.read_text(encoding="utf-8"))
        found[metadata["Name"].lower().replace("_", "-")] = metadata["Version"]
    return found


def sizes(layer: Path) -> Counter[str]:
    """Bytes of what lies in `python/`, by the first part of its path."""
    root, found = layer / "python", Counter[str]()
    for path in root.rglob("*"):
        if path.is_file():
            found[path.relative_to(root).parts[0]] += path.stat().st_size
    return found


def listing(layer: Path) -> Iterator[str]:
    """Lines for people."""
    yield "What is in the layer: `make layer`"
    yield ""
    yield from (f"{name} {version}" for name, version in sorted(packages(layer).items()))
    yield f"{PACKAGE.name}, ours"
    yield ""
    yield "KB, with bytecode"
    yield "------"
    by_size = sizes(layer)
    yield from (f"{size / 1024:6.0f}  {name}" for name, size in by_size.most_common() if size >= 1024 * 50)
    small = sum(size for size in by_size.values() if size < 1024 * 50)
    yield f"{small / 1024:6.0f}  files below 50 KB, metadata and licences"
    yield f"{by_size.total() / 1024:6.0f}  together"
    yield ""
    zipped = archive_size(layer)
    verdict = "holds" if zipped <= LARGEST_ARCHIVE else "DOES NOT HOLD"
    yield f"Zipped {zipped / 1024**2:.1f} MB; at most {LARGEST_ARCHIVE / 1024**2:.0f} MB: {verdict}."


if __name__ == "__main__":
    built = build_for_lambda().layer
    print(*listing(built), sep="\n")
    sys.exit(archive_size(built) > LARGEST_ARCHIVE)
