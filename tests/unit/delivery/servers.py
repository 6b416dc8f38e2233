"""Endpoints on the loopback interface that behave as each test needs."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from parcelhook.delivery.sender import HttpxSender, Post, build_client
from parcelhook.delivery.transport import DeliveryTransport
from parcelhook.model.response import EndpointResponse

LOOPBACK = "127.0.0.1"
# Longer than anything takes that is not meant to last, on a machine that is busy otherwise.
PATIENCE = 60.0
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A listening endpoint, and what reached it."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    names: list[str | None] = field(default_factory=list)
    """What TLS clients asked for by SNI."""


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """A whole request with a Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """An endpoint that reads each request and then does what `answer` says; closed, with its tasks, at the end."""
    server, tasks = Server(), set[asyncio.Task[None]]()
    if tls:
        tls.sni_callback = lambda connection, name, context: server.names.append(name)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            server.requests.append(await read_request(reader))
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.get_running_loop().create_task(serve(reader, writer)))

    listening = await asyncio.start_server(accept, LOOPBACK, 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A turn of the loop for each layer that closes: TLS, transport, socket.
        for _ in range(3):
            await asyncio.sleep(0)


def writes(*parts: bytes, close: bool = True) -> Answer:
    """Writes all parts and closes, or stays open for ever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if not close:
            await asyncio.Event().wait()

    return answer


def repeats(part: bytes, *, first: bytes = b"", pause: float = 0) -> Answer:
    """Writes `first`, and then `part` without an end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def response(status: bytes = b"200 OK", body: bytes = b"", *headers: bytes) -> bytes:
    """A well-formed answer with a Content-Length."""
    lines = [b"HTTP/1.1 " + status, *headers, b"content-length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


OK = writes(response(b"200 OK", b"ok"))


def resolver(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Finds the same addresses for every name."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def build_sender(
    *,
    tls: ssl.SSLContext | None = None,
    is_allowed: Callable[[str], bool] = lambda address: True,
    resolve: Callable[[str, int], Awaitable[Sequence[str]]] | None = None,
) -> HttpxSender:
    """Sends to loopback addresses, whatever the name."""
    transport = DeliveryTransport(
        tls=tls or ssl.create_default_context(), is_allowed=is_allowed, resolve=resolve or resolver(LOOPBACK)
    )
    return HttpxSender(build_client(transport))


def build_post(
    url: str, *, seconds: float = PATIENCE, body: bytes = b'{"a":1}', headers: Mapping[str, str] | None = None
) -> Post:
    return Post(
        url=url, headers={"content-type": "application/json"} | dict(headers or {}), body=body, timeout_seconds=seconds
    )


def answered(answer: Answer, *, seconds: float = PATIENCE, path: str = "/track") -> EndpointResponse:
    """What a POST to an endpoint brings that answers so; nothing is left of it."""

    async def run() -> EndpointResponse:
        async with serving(answer) as server:
            url = f"http://hooks.example.com:{server.port}{path}"
            return await build_sender().send(build_post(url, seconds=seconds))

    return asyncio.run(run())


def posted(
    addresses: Sequence[str],
    *,
    tls: ssl.SSLContext | None = None,
    trusted: ssl.SSLContext | None = None,
    host: str = "hooks.example.com",
) -> tuple[EndpointResponse, Server]:
    """What comes of a POST to an honest endpoint whose name has `addresses`."""

    async def run() -> tuple[EndpointResponse, Server]:
        async with serving(OK, tls) as server:
            sender = build_sender(tls=trusted, resolve=resolver(*addresses))
            scheme = "https" if tls else "http"
            return await sender.send(build_post(f"{scheme}://{host}:{server.port}/track?a=b%20c")), server

    return asyncio.run(run())
