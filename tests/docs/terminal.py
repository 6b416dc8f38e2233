"""Runs blocks as a reader does who has the stack running beside."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs.blocks import REPOSITORY, Block
from tests.e2e.listeners import NODE

END = "the-end-of-the-answer"
TIMEOUT_SECONDS = 60


class Terminal:
    """A shell that keeps its variables from one block of a page to the next."""

    def __init__(self, state_directory: Path, variables: Mapping[str, str]) -> None:
        self._state_directory = state_directory
        binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        # Colours and wide tables are for people.
        environment = {**os.environ, "PATH": binaries, "LOCAL_STATE_DIR": str(state_directory), "NO_COLOR": "1"}
        self._environment = {**environment, "COLUMNS": "400", **variables}
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=REPOSITORY,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, block: Block) -> tuple[int, str]:
        """The exit code of a block, and what it prints."""
        return self._script(block) if block.language in {"python", "js"} else self._typed(block.code)

    def close(self) -> None:
        self._shell.communicate()

    def _typed(self, code: str) -> tuple[int, str]:
        here = code.replace(".local/", f"{self._state_directory}/").replace(".venv/bin/python", sys.executable)
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        # As one command, so that none of its lines is read as input of another.
        self._shell.stdin.write(f"eval {shlex.quote(here)} </dev/null\nprintf '\\n%s %s\\n' {END} $?\n")
        self._shell.stdin.flush()
        printed: list[str] = []
        for line in iter(self._shell.stdout.readline, ""):
            if line.startswith(f"{END} "):
                return int(line.split()[1]), "".join(printed)
            printed.append(line)
        raise AssertionError("the shell ended: " + "".join(printed))

    def _script(self, block: Block) -> tuple[int, str]:
        command = [sys.executable, "-"] if block.language == "python" else [str(NODE), "--input-type=module", "-"]
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=self._environment,
            input=block.code,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout
