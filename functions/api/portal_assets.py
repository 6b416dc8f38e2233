"""The files of the portal and of the API's documentation, read once."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from parcelhook.values import value

DIRECTORY = Path(__file__).parent / "portal"

PORTAL_PAGE, DOCS_PAGE = "index.html", "docs.html"
_PAGE_SUFFIX = ".html"
# Stands in a page where the version of its files belongs.
_VERSION = "{{version}}"
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


@value(kw_only=True)
class Asset:
    """A file as it is served."""

    content: bytes
    content_type: str

    @property
    def tag(self) -> str:
        """The `ETag`: the same for the same content only."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


@value(kw_only=True)
class Assets:
    """All that the pages consist of."""

    pages: Mapping[str, Asset]
    """By their names. Each is served at an address of its own."""
    files: Mapping[str, Asset]
    """By their paths below the portal's directory. What is not in here is not served."""
    version: str
    """Another one as soon as a file changes."""


@cache
def portal_assets() -> Assets:
    """The portal's files. They are read when they are first asked for, so that no other call waits for them."""
    return read_assets(DIRECTORY)


def read_assets(directory: Path) -> Assets:
    """The pages and files of `directory`."""
    files = dict(_files(directory))
    digest = hashlib.sha256()
    for name, asset in sorted(files.items()):
        digest.update(f"{name} {asset.tag}\n".encode())
    version = digest.hexdigest()[:16]
    pages = {path.name: _page(path, version) for path in directory.glob(f"*{_PAGE_SUFFIX}")}
    return Assets(pages=pages, files=files, version=version)


def _page(path: Path, version: str) -> Asset:
    content = path.read_text(encoding="utf-8").replace(_VERSION, version).encode()
    return Asset(content=content, content_type=_CONTENT_TYPES[_PAGE_SUFFIX])


def _files(directory: Path) -> Iterator[tuple[str, Asset]]:
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and path.suffix != _PAGE_SUFFIX and path.suffix in _CONTENT_TYPES:
            yield name, Asset(content=path.read_bytes(), content_type=_CONTENT_TYPES[path.suffix])
