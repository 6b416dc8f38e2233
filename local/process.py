"""One child process of the supervisor, and when it is started again after it died."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.roles import Role

SHORTEST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds between a death and the next start; they double while the process keeps dying young."""
GROWN_UP = 10.0
"""Seconds after which a process counts as having started well."""


@dataclass(slots=True)
class Pause:
    """How long to wait before a dead process is started again. Times in seconds, monotonic."""

    seconds: float = SHORTEST_PAUSE

    def after(self, *, lived: float) -> float:
        """The pause for a process that lived so long."""
        if lived >= GROWN_UP:
            self.seconds = SHORTEST_PAUSE
        pause = self.seconds
        self.seconds = min(2 * self.seconds, LONGEST_PAUSE)
        return pause


Popen = Callable[..., "subprocess.Popen[bytes]"]


@dataclass(slots=True, kw_only=True)
class Process:
    """A child that is kept alive. It is given a lifeline: when this process ends, the child ends."""

    role: Role
    log: Path
    environment: Mapping[str, str]
    descriptors: Sequence[int] = ()
    arguments: Sequence[str] = ()
    monotonic: Callable[[], float]
    popen: Popen = subprocess.Popen
    released: bool = False
    _child: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _start_at: float | None = None
    _pause: Pause = field(default_factory=Pause)

    @property
    def pid(self) -> int | None:
        """None between a death and the next start."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._child = self.popen(
                [sys.executable, "-m", "local.child", self.role, *map(str, self.descriptors), *self.arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                env=dict(self.environment),
                pass_fds=tuple(self.descriptors),
                # Ctrl-C is for the supervisor alone, which then ends its children in order.
                start_new_session=True,
            )
        self._started = self.monotonic()
        self._start_at = None
        if self.released:
            self._say_begin()

    def release(self) -> None:
        """Lets the child begin, and every one that follows it."""
        self.released = True
        self._say_begin()

    def _say_begin(self) -> None:
        # A child that died already is found by `check`.
        with contextlib.suppress(BrokenPipeError):
            if self._child and self._child.stdin:
                self._child.stdin.write(b"\n")
                self._child.stdin.flush()

    def died(self) -> int | None:
        """The return code of a child that has just died, or none."""
        if self._child is None or (code := self._child.poll()) is None:
            return None
        self._forget()
        self._start_at = self.monotonic() + self._pause.after(lived=self.monotonic() - self._started)
        return code

    def start_if_due(self) -> bool:
        """Starts the child again when its pause is over; whether it did."""
        if self._start_at is None or self.monotonic() < self._start_at:
            return False
        self.start()
        return True

    def terminate(self) -> None:
        if self._child:
            self._child.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Returns when the child is gone, which it is at `deadline` at the latest."""
        if self._child is None:
            return
        try:
            self._child.wait(max(0.0, deadline - self.monotonic()))
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._forget()

    def _forget(self) -> None:
        if self._child and self._child.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.close()
        self._child = None
