"""Synthesises and builds once for all test processes."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.bundling import Artifacts, build, host_target, lambda_target
from infra.interpreters import REPOSITORY
from tests.infra.template import Template


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that all processes of this test run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def once(directory: Path) -> Iterator[bool]:
    """Says whether the work is still to be done: the first process to ask does it, and the others wait for it."""
    directory.mkdir(exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = directory / ".done"
        yield not done.exists()
        done.touch()


@pytest.fixture(scope="session")
def assemblies(shared: Path) -> Path:
    """Synthesised without network, credentials, Docker and the system's Node.js, as must be possible."""
    directory = shared / "assemblies"
    with once(directory) as first:
        if first:
            nothing = directory / "nothing"
            nothing.mkdir(exist_ok=True)
            environment = {
                "PATH": str(nothing),
                "HOME": str(nothing),
                "AWS_EC2_METADATA_DISABLED": "true",
                "HTTPS_PROXY": "http://127.0.0.1:9",
                "HTTP_PROXY": "http://127.0.0.1:9",
            }
            command = [sys.executable, "-W", "error", "-m", "tests.infra.synthesise", str(directory)]
            process = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
            assert process.returncode == 0, process.stderr
    return directory


@pytest.fixture(scope="session")
def dev(assemblies: Path) -> Template:
    """A stage without any setting."""
    return Template(assemblies / "dev/Parcelhook-dev.template.json")


@pytest.fixture(scope="session")
def prod(assemblies: Path) -> Template:
    """The stage that keeps its data, with every setting set."""
    return Template(assemblies / "prod/Parcelhook-prod.template.json")


@pytest.fixture(scope="session")
def host_build(shared: Path) -> Artifacts:
    """Layer and functions as on Lambda, but for this machine's processor and Python."""
    with once(shared / "host"):
        return build(shared / "host", host_target())


@pytest.fixture(scope="session")
def lambda_build(shared: Path) -> Artifacts:
    """Layer and functions as uploaded."""
    with once(shared / "lambda"):
        return build(shared / "lambda", lambda_target())
