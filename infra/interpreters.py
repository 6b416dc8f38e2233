"""Finds the programs that bundling needs: uv, and a Python of the Lambda runtime's version."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


class ProgramNotFoundError(Exception):
    """A program that bundling cannot do without is not on this machine."""


def find_uv() -> str:
    """The uv that runs us (it says so in `UV`), the Makefile's, or the one on the path."""
    candidates = (os.environ.get("UV"), str(REPOSITORY / ".tools/bin/uv"), shutil.which("uv"))
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            return candidate
    raise ProgramNotFoundError("uv was not found; run `make setup`, which brings it.")


def find_python(version: str) -> Path | None:
    """An interpreter of this minor version, for instance `3.13`, or None. None is no error: see `infra.bundling`."""
    for candidate in _candidates(version):
        resolved = _resolve(candidate, version)
        if resolved:
            return resolved
    return None


def _candidates(version: str) -> Iterator[str]:
    yield f"python{version}"
    yield "python3"
    # A shim of pyenv on the path fails unless its version is selected, and makes uv's own search fail with it.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True))
    yield from _known_to_uv(version)


def _known_to_uv(version: str) -> Iterator[str]:
    found = _output(find_uv(), "python", "find", "--no-python-downloads", "--no-project", "--system", version)
    if found:
        yield found


def _resolve(command: str, version: str) -> Path | None:
    """Asks the interpreter itself, since a name on the path may be a shim or another version."""
    code = "import sys; print(*sys.version_info[:2], sep='.'); print(sys.executable)"
    found = _output(command, "-I", "-S", "-c", code).splitlines()
    return Path(found[1]) if len(found) == 2 and found[0] == version else None


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
