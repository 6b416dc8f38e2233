"""AWS as a process of its own that gives canned answers, so that botocore's cost counts and AWS's does not."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Answers = Mapping[str, object]
"""By operation; `operation:text` is for calls whose body has this text, and comes first."""


@contextmanager
def running_responder(answers: Answers) -> Iterator[str]:
    """Starts one and ends it. Answers its URL, for `AWS_ENDPOINT_URL`."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "answers.json"
        path.write_text(json.dumps(dict(answers)), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.aws_responder", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - this very module
            assert process.stdout is not None
            try:
                yield f"http://127.0.0.1:{int(process.stdout.readline())}"
            finally:
                process.kill()


class _Answer(asyncio.Protocol):
    """Answers each request as soon as all of it is there, and keeps the connection."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self._answers, self._received = answers, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(headers.get(b"content-length", b"0")):
            return
        self._received = b""
        operation = next(
            line.rpartition(b".")[2].decode()
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"x-amz-target")
        )
        self._transport.write(self._answer(operation, body))

    def _answer(self, operation: str, body: bytes) -> bytes:
        for name, answer in self._answers.items():
            wanted, _, text = name.partition(":")
            if wanted == operation and text.encode() in body:
                head = f"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {len(answer)}"
                return head.encode() + b"\r\n\r\n" + answer
        raise LookupError(f"There is no answer to {operation}.")


async def _serve(path: str) -> None:
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    # Those that name a text first: a plain operation fits every body.
    answers = {name: json.dumps(given[name]).encode() for name in sorted(given, key=lambda name: ":" not in name)}
    server = await asyncio.get_running_loop().create_server(lambda: _Answer(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
