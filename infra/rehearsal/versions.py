"""Which version of the code is deployed: this one, or the one before in a working tree of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.interpreters import REPOSITORY, find_uv

_SCRIPT = Path(__file__).with_name("assembly.py")
_RECORDED = REPOSITORY / "tests/upgrades"


def previous_version() -> str:
    """The newest release before this commit. Without one, the version that upgrades are tested from.

    This very commit where the clone is too shallow to hold either: an upgrade that changes nothing.
    """
    recorded = [path.stem for path in sorted(_RECORDED.glob("*.json"))]
    for find in (
        ("describe", "--tags", "--match", "v*", "--abbrev=0", "HEAD^"),
        ("rev-parse", "--short", *recorded[-1:]),
    ):
        with suppress(SystemExit):
            return _git(*find)
    return "HEAD"


@contextmanager
def checked_out(version: str, directory: Path) -> Iterator[Path]:
    """A working tree of this version. Ends with a sentence where git does not know it."""
    _forget(directory)
    _git("worktree", "add", "--quiet", "--force", "--detach", str(directory), version)
    try:
        yield directory
    finally:
        _forget(directory)


def synthesise(sources: Path, directory: Path, settings: dict[str, str]) -> Path:
    """Has the code in `sources` write its assembly below `directory`. Answers where that is."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory / "cdk.out", ignore_errors=True)
    paths = os.pathsep.join([str(sources), str(sources / "layers/common/python")])
    pairs = [f"{name}={value}" for name, value in settings.items()]
    _run(
        [sys.executable, "-P", str(_SCRIPT), str(directory), *pairs],
        environment={"PYTHONPATH": paths, "UV": find_uv()},
        directory=sources,
    )
    return directory / "cdk.out"


def described(version: str) -> str:
    """The version as a person knows it: tag or commit, and its first line."""
    return _git("log", "-1", "--format=%h %s", version)


def _forget(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    _git("worktree", "prune")


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise SystemExit("git was not found; the rehearsal needs it for the version before.")
    return _run([git, "-C", str(REPOSITORY), *arguments])


def _run(command: list[str], *, environment: dict[str, str] | None = None, directory: Path | None = None) -> str:
    process = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, cwd=directory, env=os.environ | (environment or {})
    )
    if process.returncode:
        raise SystemExit(f"`{' '.join(command[:5])} …` failed: {process.stderr.strip()}")
    return process.stdout.strip()
