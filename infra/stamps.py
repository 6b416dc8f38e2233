"""Remembers from what a directory was built, so that what has not changed is not built again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Stamp:
    """A file beside the directory: inside it would be uploaded with the rest."""

    def __init__(self, directory: Path, part: str) -> None:
        self._directory = directory
        self._path = directory.with_name(f".{directory.name}.{part}")

    @contextmanager
    def unless_current(self, key: str) -> Iterator[bool]:
        """Says whether to build, and remembers the key once that is done. A build that breaks off leaves no stamp."""
        if self._is(key):
            yield False
            return
        self.forget()
        yield True
        self._path.write_text(key, encoding="utf-8")

    def forget(self) -> None:
        """Has the next build done anew."""
        self._path.unlink(missing_ok=True)

    def _is(self, key: str) -> bool:
        return self._directory.is_dir() and self._path.is_file() and self._path.read_text(encoding="utf-8") == key


def fingerprint(sources: Iterable[Path], salt: str) -> str:
    """Names and contents of the files; times do not count, a checkout changes them."""
    digest = hashlib.sha256(salt.encode())
    for source in sources:
        for path in sorted(_files(source)):
            digest.update(f"\0{path.relative_to(source.parent)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
