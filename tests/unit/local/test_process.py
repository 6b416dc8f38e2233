"""A child process is started, let go, started again and ended."""

import subprocess
from pathlib import Path
from typing import Any, cast

import pytest

from local.process import GROWN_UP, LONGEST_PAUSE, Pause, Process
from local.roles import Role
from tests.unit.local.fixed_clock import FixedClock


class Lifeline:
    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class Child:
    """Stands for a `Popen`."""

    def __init__(self, pid: int, *, obeys: bool = True) -> None:
        self.pid = pid
        self.stdin = Lifeline()
        self.code: int | None = None
        self.killed = False
        self._obeys = obeys

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        if self._obeys:
            self.code = -15

    def kill(self) -> None:
        self.killed = True
        self.code = -9

    def wait(self, timeout: float | None = None) -> int:
        if self.code is None:
            raise subprocess.TimeoutExpired("child", timeout or 0)
        return self.code


class Children:
    """Stands for `subprocess.Popen` and remembers what it started."""

    def __init__(self, *, obey: bool = True) -> None:
        self.started: list[Child] = []
        self.options: dict[str, Any] = {}
        self._obey = obey

    def __call__(self, command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        self.options = {"command": command[1:], **options}
        self.started.append(Child(100 + len(self.started), obeys=self._obey))
        return cast("subprocess.Popen[bytes]", self.started[-1])


def process(children: Children, clock: FixedClock, directory: Path) -> Process:
    return Process(
        role=Role.FRONT,
        log=directory / "front.log",
        environment={"A": "1"},
        descriptors=(7,),
        monotonic=clock.monotonic,
        popen=children,
    )


def test_child_gets_its_environment_its_descriptor_and_a_session_of_its_own(clock: FixedClock, tmp_path: Path) -> None:
    children = Children()
    process(children, clock, tmp_path).start()
    assert children.options["command"] == ["-m", "local.child", "front", "7"]
    assert children.options["env"] == {"A": "1"}
    assert children.options["pass_fds"] == (7,)
    assert children.options["start_new_session"] is True


def test_child_waits_until_it_is_released(clock: FixedClock, tmp_path: Path) -> None:
    children = Children()
    subject = process(children, clock, tmp_path)
    subject.start()
    assert children.started[0].stdin.written == b""
    subject.release()
    assert children.started[0].stdin.written == b"\n"


def test_dead_child_is_started_again_after_a_pause_and_begins_at_once(clock: FixedClock, tmp_path: Path) -> None:
    children = Children()
    subject = process(children, clock, tmp_path)
    subject.start()
    subject.release()
    children.started[0].code = -9
    assert subject.died() == -9
    assert subject.died() is None
    assert subject.pid is None
    assert subject.start_if_due() is False
    clock.forward(1)
    assert subject.start_if_due() is True
    assert subject.pid == 101
    assert children.started[0].stdin.closed
    assert children.started[1].stdin.written == b"\n"


def test_pause_grows_while_the_child_dies_young_and_shrinks_when_it_lived() -> None:
    pause = Pause()
    pauses = [pause.after(lived=0) for _ in range(7)]
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, LONGEST_PAUSE, LONGEST_PAUSE]
    assert pause.after(lived=GROWN_UP) == 0.2


@pytest.mark.parametrize("obeys", [True, False])
def test_child_is_gone_at_the_deadline_whether_it_obeys_or_not(obeys: bool, clock: FixedClock, tmp_path: Path) -> None:
    children = Children(obey=obeys)
    subject = process(children, clock, tmp_path)
    subject.start()
    subject.terminate()
    subject.wait_or_kill(clock.monotonic() + 1)
    assert children.started[0].killed is not obeys
    assert subject.pid is None
