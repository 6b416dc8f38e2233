"""Where connections go, and where they never go."""

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from parcelhook.delivery.transport import SystemResolver
from parcelhook.errors import AddressRefusedError, ConnectionFailedError, NameNotFoundError
from parcelhook.security.addresses import is_public_text
from tests.unit.delivery.servers import (
    LOOPBACK,
    OK,
    Server,
    build_post,
    build_sender,
    posted,
    resolver,
    serving,
    writes,
)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def refused(url: str, *addresses: str) -> str:
    """Why a POST is refused under the rules of AWS."""
    sender = build_sender(is_allowed=is_public_text, resolve=resolver(*addresses))
    with pytest.raises(AddressRefusedError) as caught:
        asyncio.run(sender.send(build_post(url)))
    return str(caught.value)


def test_request_says_what_was_asked_for_and_nothing_more() -> None:
    answer, server = posted([LOOPBACK])
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    assert first == b"POST /track?a=b%20c HTTP/1.1"
    assert {header.split(b":")[0].lower() for header in headers} == {
        b"host",
        b"content-type",
        b"content-length",
        b"accept",
        b"accept-encoding",
        b"connection",
    }
    assert b"accept-encoding: identity" in head.lower()
    assert b"connection: close" in head.lower()
    assert (body, answer.body) == (b'{"a":1}', b"ok")


def test_host_header_keeps_the_name() -> None:
    _, server = posted([LOOPBACK])
    assert f"host: hooks.example.com:{server.port}".encode() in server.requests[0].lower()


def test_refused_connection_says_so() -> None:
    post = build_post(f"http://hooks.example.com:{unused_port()}/")
    with pytest.raises(ConnectionFailedError) as caught:
        asyncio.run(build_sender().send(post))
    assert str(caught.value) == f"No connection to the endpoint: {os.strerror(errno.ECONNREFUSED)}."


def test_next_address_is_tried_where_the_first_refuses() -> None:
    # Nothing listens on 127.0.0.2, where the server's socket is bound to 127.0.0.1 only.
    answer, server = posted(["127.0.0.2", LOOPBACK])
    assert (answer.status_code, server.connections) == (200, 1)


def test_no_more_than_three_addresses_are_tried() -> None:
    with pytest.raises(ConnectionFailedError):
        posted(["127.0.0.2", "127.0.0.3", "127.0.0.4", LOOPBACK])


def test_request_is_sent_to_one_address_only() -> None:
    _, server = posted([LOOPBACK, LOOPBACK])
    assert len(server.requests) == 1


def test_name_without_addresses_is_not_found() -> None:
    with pytest.raises(NameNotFoundError, match=r"hooks\.example\.com has no address"):
        posted([])


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_name_that_does_not_resolve_is_not_found(error: Exception) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise error

    with pytest.raises(NameNotFoundError, match=r"hooks\.example\.com has no address"):
        asyncio.run(build_sender(resolve=resolve).send(build_post("https://hooks.example.com/")))


def test_one_private_address_spoils_a_name_before_any_connection() -> None:
    async def run() -> tuple[Server, str]:
        async with serving(OK) as server:
            sender = build_sender(is_allowed=is_public_text, resolve=resolver("1.1.1.1", LOOPBACK))
            with pytest.raises(AddressRefusedError) as caught:
                await sender.send(build_post(f"http://hooks.example.com:{server.port}/"))
            return server, str(caught.value)

    server, message = asyncio.run(run())
    assert server.connections == 0
    assert message == "The host hooks.example.com has an address that is not public."


def test_name_that_changes_after_the_check_cannot_matter() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [LOOPBACK] if len(asked) == 1 else ["127.0.0.66"]

    async def run() -> Server:
        async with serving(OK) as server:
            sender = build_sender(is_allowed=lambda address: address == LOOPBACK, resolve=rebinding)
            await sender.send(build_post(f"http://hooks.example.com:{server.port}/"))
            return server

    assert asyncio.run(run()).connections == 1
    assert asked == ["hooks.example.com"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "fe80::1%lo", "169.254.169.254", "x"])
def test_what_a_resolver_answers_is_checked_in_every_form(address: str) -> None:
    assert "not public" in refused("https://hooks.example.com/", address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "0",
        "0.0.0.0",
    ],
)
def test_literal_is_refused_when_asked_of_the_system(host: str) -> None:
    sender = build_sender(is_allowed=is_public_text, resolve=SystemResolver())
    with pytest.raises((AddressRefusedError, NameNotFoundError)):
        asyncio.run(sender.send(build_post(f"https://{host}:9001/2018-06-01/runtime/invocation/next")))


def test_system_resolver_finds_each_address_once() -> None:
    assert asyncio.run(SystemResolver()(LOOPBACK, 443)) == [LOOPBACK]


def test_name_servers_that_do_not_answer_keep_nobody_else_from_anything() -> None:
    given_up = threading.Event()

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host == "slow.example.com":
            given_up.wait(20)
        return [("", "", "", "", ("1.1.1.1", port))]

    async def run() -> list[object]:
        resolver = SystemResolver(look_up)
        slow = [asyncio.ensure_future(resolver("slow.example.com", 443)) for _ in range(100)]
        try:
            return [await resolver("fast.example.com", 443), await asyncio.to_thread(lambda: "recorded")]
        finally:
            given_up.set()
            await asyncio.gather(*slow)

    assert asyncio.run(run()) == [["1.1.1.1"], "recorded"]


def test_ipv6_endpoint_is_reached_and_named_in_brackets() -> None:
    async def run() -> bytes:
        async with serving(OK) as server:
            await build_sender().send(build_post(f"http://[2606:4700::1111]:{server.port}/"))
            return server.requests[0].lower()

    assert b"host: [2606:4700::1111]:" in asyncio.run(run())


def test_nothing_is_left_open_after_a_timeout() -> None:
    async def run() -> tuple[int, int]:
        async with serving(writes(close=False)) as server:
            before = len(asyncio.all_tasks())
            post = build_post(f"http://hooks.example.com:{server.port}/", seconds=0.05)
            results = await asyncio.gather(*(build_sender().send(post) for _ in range(20)), return_exceptions=True)
            assert len(results) == 20
            await asyncio.sleep(0)
            waiting = len(asyncio.all_tasks()) - before - server.connections
            return waiting, len(open_sockets(server.port))

    assert asyncio.run(run()) == (0, 0)


def open_sockets(port: int) -> list[str]:
    """Our own ends of connections to `port`, where the system is Linux and lists them."""
    table = Path("/proc/self/net/tcp")
    lines = table.read_text().splitlines()[1:] if table.exists() else []
    ends = [line for line in lines if line.split()[2].endswith(f":{port:04X}")]
    return [end for end in ends if end.split()[9] != "0"]
