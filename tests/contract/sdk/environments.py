"""Environments of the vendors' own clients, apart from ours: their dependencies contradict ours and each other's.

Made once, under build/, from the exact versions in locks/. A test that needs one is skipped only where the registries
cannot be reached.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LOCKS, SCRIPTS = HERE / "locks", HERE / "clients"
BUILD = HERE.parents[2] / "build" / "sdk"
SECONDS = 120
# What uv and npm say when there is no way to a registry.
_NO_NETWORK = re.compile(
    r"error sending request|dns error|failed to lookup|network is unreachable|connection refused|timed out|offline"
    r"|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Client:
    """A vendor's client, ready to run one of our scripts."""

    command: tuple[str, ...]
    directory: Path

    def run(self, script: str, *arguments: str, given: str = "") -> str:
        """What a script of clients/ prints. Fails with what it complained of."""
        path = SCRIPTS / script
        if path.suffix == ".cjs":
            # Node.js looks for packages beside the script.
            path = Path(shutil.copy(path, self.directory))
        done = subprocess.run(
            [*self.command, str(path), *arguments], input=given, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def python_client(name: str) -> Client:
    """An interpreter with what locks/<name>.txt names."""
    lock = LOCKS / f"{name}.txt"

    def make(directory: Path) -> None:
        python = _python(directory)
        _run([_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(directory)])
        install = [_uv(), "pip", "install", "--quiet", "--require-hashes", "--python", str(python)]
        _run([*install, "--requirement", str(lock)])

    directory = _made(name, [lock], make)
    return Client((str(_python(directory)),), directory)


def node_client() -> Client:
    """Node.js with what locks/package-lock.json names."""
    bin_directory = Path(sys.executable).parent
    lock = [LOCKS / "package.json", LOCKS / "package-lock.json"]

    def make(directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        for each in lock:
            shutil.copy(each, directory)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _run([str(bin_directory / "npm"), "ci", *quiet], directory)

    directory = _made("node", lock, make)
    return Client((str(bin_directory / "node"),), directory)


def _made(name: str, lock: Sequence[Path], make: Callable[[Path], None]) -> Path:
    """The environment's directory, made now if its lock or our Python is new, by one of the tests' processes."""
    content = sys.version.encode() + b"".join(each.read_bytes() for each in lock)
    directory = BUILD / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    ready = directory / ".ready"
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f"{directory.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not ready.exists():
            make(directory)
            ready.touch()
    return directory


def _run(command: Sequence[str], directory: Path | None = None) -> None:
    # npm starts `node` from the path.
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode != 0:
        if _NO_NETWORK.search(done.stderr):
            pytest.skip("the package registries cannot be reached, and the vendors' clients were not fetched before")
        pytest.fail(f"{' '.join(command)} failed:\n{done.stderr}")


def _uv() -> str:
    """`uv run` names itself; `make` keeps one in .tools."""
    own = HERE.parents[2] / ".tools" / "bin" / "uv"
    return os.environ.get("UV") or (str(own) if own.exists() else "uv")


def _python(directory: Path) -> Path:
    return directory / "bin" / "python"
