"""The README's session works word for word."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local.testing import RunningStack, start_stack, wait_for

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 30.0
END = "the-end-of-the-answer"

# What each block shows, in the README's order.
SHOWN = [
    "",
    '"event":"track"',
    '"status":"queued"',
    "ShipEngine/v1",
    '"type":"batch.completed"',
    '"state":"retrying"',
    '"state":"discarded"',
    '"number":3',
    '"enabled":false',
    '"id":"update-2"',
    '"state":"delivered"',
    "'status_code': 'DE'",
]


class Terminal:
    """A shell that keeps its variables from one block to the next."""

    def __init__(self) -> None:
        self._shell = subprocess.Popen(
            ["bash"], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, block: str) -> str:
        """What the block prints."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{block}\nprintf '\\n%s\\n' {END}\n")
        self._shell.stdin.flush()
        lines = iter(self._shell.stdout.readline, f"{END}\n")
        return "".join(lines)

    def close(self) -> None:
        self._shell.communicate()


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[RunningStack]:
    """As somebody finds it who has just started it."""
    running = start_stack(tmp_path, {"RETRY_INTERVAL_SECONDS": "2"})
    yield running
    assert running.stop(signal.SIGTERM) == 0


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def session() -> list[str]:
    """The blocks of the README that are to be typed in."""
    return re.findall(r"^```sh\n(.*?)^```$", (REPOSITORY / "README.md").read_text(), re.DOTALL | re.MULTILINE)


def only_reads(block: str) -> bool:
    """Whether somebody who sees nothing yet may just type it in again."""
    return " -d " not in block


def shows(terminal: Terminal, block: str, shown: str) -> bool:
    return shown in terminal.run(block)


def test_session_of_the_readme_shows_what_it_says(own_stack: RunningStack, terminal: Terminal) -> None:
    blocks = session()
    assert len(blocks) == len(SHOWN)
    for written, shown in zip(blocks, SHOWN, strict=True):
        block = written.replace(".local/", f"{own_stack.directory}/").replace(".venv/bin/python", sys.executable)
        if only_reads(block):
            wait_for(partial(shows, terminal, block, shown), seconds=PATIENCE, what=f"{shown} after {block}")
        else:
            assert shown in terminal.run(block)
