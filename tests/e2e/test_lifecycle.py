"""The stack starts, says so, and ends without leaving anything behind."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.roles import PROCESSES
from local.testing import STOP_SECONDS, RunningStack, start_stack, wait_for
from tests.e2e.client import PATIENCE


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningStack]:
    """A stack for a test to end, in whatever way. Nothing of it is left where the test fails before."""
    stack = start_stack(tmp_path, {})
    yield stack
    stack.process.kill()
    stack.process.wait()


def test_ctrl_c_ends_everything_even_what_hangs(own: RunningStack) -> None:
    pids = own.pids()
    assert len(pids) == 1 + len(PROCESSES)
    os.kill(own.state["processes"]["retry"], signal.SIGSTOP)
    # A terminal's Ctrl-C reaches everyone in front of it, and who started us may pass it on as well.
    own.process.send_signal(signal.SIGINT)
    own.process.send_signal(signal.SIGTERM)
    assert own.stop(signal.SIGINT) == 0
    assert [pid for pid in pids if exists(pid)] == []
    assert not (own.directory / "stack.json").exists()
    assert not (own.directory / "env").exists()


def test_children_end_when_the_supervisor_is_killed(own: RunningStack) -> None:
    pids = own.pids()
    own.process.kill()
    own.process.wait()
    wait_for(lambda: not any(exists(pid) for pid in pids), seconds=PATIENCE, what="the end of the children")


def test_stack_whose_aws_has_forgotten_all_says_so_and_ends(own: RunningStack) -> None:
    os.kill(own.state["processes"]["aws"], signal.SIGKILL)
    assert own.process.wait(STOP_SECONDS) == 1
    assert "moto ended (signal SIGKILL), and all that it held is lost. Start the stack again." in own.output
    assert not (own.directory / "stack.json").exists()


def test_taken_port_is_said_in_a_sentence(stack: RunningStack, tmp_path: Path) -> None:
    port = stack.state["base_url"].rpartition(":")[2]
    with pytest.raises(RuntimeError, match=f"Port {port} cannot be used"):
        start_stack(tmp_path, {"PORT": port})


def exists(pid: int) -> bool:
    """Whether a process is there; one that ended but was not waited for is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
