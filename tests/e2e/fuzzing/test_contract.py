"""The running stack keeps its OpenAPI document, whatever it is called with: all of schemathesis' checks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.testing import RunningStack, start_stack

_ROOT = Path(__file__).parents[3]
_CONFIG = Path(__file__).with_name("schemathesis.toml")
# The same functions answer them at other spellings of their paths: functional tests call those.
_OTHER_SPELLINGS = r"^/v1/(webhooks|tracks)|.+/$"
_FUZZING_SECONDS = 45
"""What the whole run takes, unless the cases that are always called need longer."""
_MOST_SECONDS = 600


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack that nobody else works with: what is published here goes wherever it is told."""
    running = start_stack(tmp_path_factory.mktemp("stack"), {"THROTTLE_RATE": "10000", "THROTTLE_BURST": "5000"})
    yield running
    running.stop()


def test_stack_keeps_its_document_whatever_it_is_called_with(own_stack: RunningStack, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(_CONFIG), "run", "--checks", "all"]
    command += [
        "--no-color",
        "--max-time",
        str(_FUZZING_SECONDS),
        "--exclude-path-regex",
        _OTHER_SPELLINGS,
        f"{own_stack.state['base_url']}/openapi.json",
    ]
    environment = os.environ | {"API_KEY": own_stack.state["keys"]["live"], "PYTHONPATH": str(_ROOT)}
    # It keeps what it remembers of a run where it runs.
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    assert "No issues found" in run.stdout
