"""The Node listener's own tests pass."""

import subprocess

from tests.e2e.listeners import EXAMPLES, NODE

TIMEOUT_SECONDS = 120


def test_node_listeners_own_tests_pass() -> None:
    command = [str(NODE), "--test"]
    done = subprocess.run(
        command, cwd=EXAMPLES / "node", capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 0" not in done.stdout
