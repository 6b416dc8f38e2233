"""The HTTP transport of deliveries: to public addresses only, over a new connection each time, bounded in size.

It is ours because the checks must sit where the connection is made: a name is resolved, every address it has is
checked, and the connection goes to a checked address, so that nothing can change in between.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from functools import partial

import httpx

from parcelhook.collaborators import collaborator
from parcelhook.delivery.exchange import Exchange
from parcelhook.errors import (
    AddressRefusedError,
    CertificateRefusedError,
    ConnectionFailedError,
    NameNotFoundError,
)

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a host name, for a port. Raises `OSError` where there are none."""

# Enough for a name that has addresses of both families, few enough that one POST is not many connections.
_ADDRESSES_TRIED = 3
_CONNECT_SECONDS = 3.0
# Twice the attempts that a worker makes at once: one that was given up leaves its thread behind for a while.
_RESOLVING_THREADS = 256


@collaborator
class SystemResolver:
    """Asks the operating system, in threads of its own.

    A name server that does not answer keeps a thread for many seconds, longer than an attempt lasts. There are enough
    for every attempt of a worker, and none of them is one that results are recorded in.
    """

    look_up: Callable[..., Sequence[tuple[object, ...]]] = socket.getaddrinfo
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_RESOLVING_THREADS, thread_name_prefix="resolve")
    )

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        look_up = partial(self.look_up, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self.threads, look_up)
        return list(dict.fromkeys(_address(place) for *_, place in found))


def _address(place: object) -> str:
    """The address in what `getaddrinfo` answers; the port and more follow it."""
    assert isinstance(place, tuple)
    return str(place[0])


@collaborator(kw_only=True)
class DeliveryTransport(httpx.AsyncBaseTransport):
    """Sends one request over one new connection. The caller sets the deadline.

    Raises the `AttemptError`s but for `AttemptTimeoutError`.
    """

    tls: ssl.SSLContext
    is_allowed: Callable[[str], bool]
    """Whether an address may be connected to."""
    resolve: Resolver = field(default_factory=SystemResolver)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = await self._checked_addresses(host, port)
        tls = self.tls if request.url.scheme == "https" else None
        connection, exchange = await self._connect(addresses, port, host, tls, _on_the_wire(request))
        try:
            raw = await exchange.response
        finally:
            connection.abort()
        return httpx.Response(raw.status_code, headers=raw.headers, stream=httpx.ByteStream(raw.body))

    async def _checked_addresses(self, host: str, port: int) -> Sequence[str]:
        """All addresses of `host`. One that is not allowed spoils them all: no honest name has such a mixture."""
        try:
            addresses = await self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NameNotFoundError(f"The host name {host} has no address.") from error
        if not addresses:
            raise NameNotFoundError(f"The host name {host} has no address.")
        for address in addresses:
            if not self.is_allowed(address):
                raise AddressRefusedError(f"The host {host} has an address that is not public.")
        return addresses

    async def _connect(
        self, addresses: Sequence[str], port: int, host: str, tls: ssl.SSLContext | None, request: bytes
    ) -> tuple[asyncio.Transport, Exchange]:
        tried = addresses[:_ADDRESSES_TRIED]
        for address in tried[:-1]:
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    return await _open(address, port, host, tls, request)
            except (ConnectionFailedError, TimeoutError):
                continue
        return await _open(tried[-1], port, host, tls, request)


async def _open(
    address: str, port: int, host: str, tls: ssl.SSLContext | None, request: bytes
) -> tuple[asyncio.Transport, Exchange]:
    loop = asyncio.get_running_loop()
    # The dot that makes a name absolute is no part of it in a certificate.
    name = host.removesuffix(".") if tls else None
    try:
        return await loop.create_connection(lambda: Exchange(request), address, port, ssl=tls, server_hostname=name)
    except ssl.SSLError as error:
        raise CertificateRefusedError(_tls_fault(error)) from error
    except OSError as error:
        fault = os.strerror(error.errno) if error.errno else "it was closed at once"
        raise ConnectionFailedError(f"No connection to the endpoint: {fault}.") from error


def _tls_fault(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The endpoint's certificate was refused: {error.verify_message}."
    return f"TLS failed: {error.reason or 'no reason given'}."


def _on_the_wire(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.content
