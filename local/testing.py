"""Starts and stops a whole stack, for tests that need one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3

from local import layout
from local.state import read_stack

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

Result = TypeVar("Result")

START_SECONDS = 180.0
STOP_SECONDS = 60.0
"""On a machine with much else to do."""


def wait_for(probe: Callable[[], Result | None], *, seconds: float, what: str) -> Result:
    """The first result of `probe` that is something. Raises `TimeoutError` naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningStack:
    """A stack in a process of its own."""

    process: subprocess.Popen[bytes]
    directory: Path
    """Where it writes its state and `output.txt`."""

    @property
    def state(self) -> dict[str, Any]:
        """What `stack.json` says now. Raises `RuntimeError` when the stack is not running."""
        if (stack := read_stack(self.directory)) is None:
            raise RuntimeError("the stack is not running")
        return stack

    @property
    def output(self) -> str:
        """What the stack and its children printed."""
        return (self.directory / "output.txt").read_text(errors="replace")

    def pids(self) -> list[int]:
        """Of the supervisor and all its children."""
        processes = self.state["processes"].values()
        found = [pid for pids in processes for pid in (pids if isinstance(pids, list) else [pids])]
        return [pid for pid in found if pid]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ends the stack as Ctrl-C does; returns its exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def start_stack(directory: Path, environment: Mapping[str, str]) -> RunningStack:
    """A stack on a free port that is ready. Raises `RuntimeError` with what it printed when it does not start."""
    with (directory / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            env={**os.environ, "PORT": "0", "LOCAL_STATE_DIR": str(directory), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    stack = RunningStack(process=process, directory=directory)
    try:
        wait_for(lambda: _ready_or_dead(stack), seconds=START_SECONDS, what="the start")
    except TimeoutError:
        process.kill()
        raise
    if process.poll() is not None:
        raise RuntimeError(f"the stack did not start:\n{stack.output}")
    return stack


def _ready_or_dead(stack: RunningStack) -> bool:
    return read_stack(stack.directory) is not None or stack.process.poll() is not None


def sqs_of(stack: RunningStack) -> SQSClient:
    """Calls the stack's own AWS."""
    session = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=layout.REGION)  # noqa: S106
    return session.client("sqs", endpoint_url=stack.state["aws_endpoint_url"])


def messages_in(sqs: SQSClient, name: str) -> int:
    """How many messages a queue holds, hidden ones too."""
    attributes = sqs.get_queue_attributes(QueueUrl=layout.queue_url(name), AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])
