"""The stack starts, says so, and ends without leaving anything behind."""

import os
import signal
from pathlib import Path

import pytest

from local.testing import RunningStack, start_stack, wait_for


def test_ctrl_c_ends_everything_even_what_hangs(tmp_path: Path) -> None:
    stack = start_stack(tmp_path, {})
    pids = stack.pids()
    assert len(pids) == 5
    os.kill(stack.state["processes"]["retry"], signal.SIGSTOP)
    # A terminal's Ctrl-C reaches everyone in front of it, and who started us may pass it on as well.
    stack.process.send_signal(signal.SIGINT)
    stack.process.send_signal(signal.SIGTERM)
    assert stack.stop(signal.SIGINT) == 0
    assert [pid for pid in pids if exists(pid)] == []
    assert not (tmp_path / "stack.json").exists()
    assert not (tmp_path / "env").exists()


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    stack = start_stack(tmp_path, {})
    pids = stack.pids()
    stack.process.kill()
    stack.process.wait()
    wait_for(lambda: not any(exists(pid) for pid in pids), seconds=5, what="the end of the children")


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
