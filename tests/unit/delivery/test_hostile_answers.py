"""What a hostile endpoint may answer over TLS: each is a recorded failure, in time and in bounded memory."""

import asyncio
import gzip
import ssl
import tracemalloc
from collections.abc import Iterator

import pytest

from parcelhook.delivery.exchange import BODY_LIMIT_BYTES, HEADER_LIMIT_BYTES, HEADER_OVERHEAD_BYTES, Exchange
from parcelhook.errors import AttemptError, BadResponseError, ResponseTooLargeError
from parcelhook.model.response import EndpointResponse
from tests.unit.delivery.certificates import authority, new_authority, self_signed_context
from tests.unit.delivery.servers import Answer, build_post, build_sender, repeats, response, serving, writes

NAME = "hooks.example.com"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
EMPTY_HEADERS = b"a:\r\n" * 60_000
# What asyncio reads from a connection at once.
READ_BYTES = 256 * 1024
HELD_BYTES = 1024 * 1024


def posted(answer: Answer, *, seconds: float, tls: ssl.SSLContext | None = None) -> EndpointResponse:
    """What a POST brings to an endpoint that answers so, over TLS."""

    async def run() -> EndpointResponse:
        context = tls or authority().server_context(NAME)
        async with serving(answer, context) as server:
            sender = build_sender(tls=authority().client_context())
            return await sender.send(build_post(f"https://{NAME}:{server.port}/", seconds=seconds))

    return asyncio.run(run())


async def closes_its_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ends the connection below TLS in the middle of an answer, without TLS's goodbye."""
    writer.write(OK + b"content-length: 10\r\n\r\nhalf")
    await writer.drain()
    raw = writer.get_extra_info("socket")
    raw.shutdown(1)
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(repeats(b"x-a: " + b"b" * 1000 + b"\r\n", first=OK), "response_too_large", id="header bomb"),
        pytest.param(writes(OK + EMPTY_HEADERS + b"\r\n", close=False), "response_too_large", id="many headers"),
        pytest.param(repeats(b"x" * 10_000, first=OK + b"\r\n"), "response_too_large", id="endless body"),
        pytest.param(repeats(b"1\r\nx\r\n" * 1000, first=CHUNKED), "response_too_large", id="endless chunks"),
        pytest.param(
            repeats(gzip.compress(b"\0" * 10_000_000), first=OK + b"content-encoding: gzip\r\n\r\n"),
            "response_too_large",
            id="endless gzip",
        ),
        pytest.param(repeats(b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "response_too_large", id="1xx storm"),
        pytest.param(repeats(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"), "response_too_large", id="103 storm"),
        pytest.param(writes(b"<html>0.9</html>", close=False), "bad_response", id="HTTP/0.9"),
        pytest.param(writes(b"HTTP/2 200\r\n\r\n", close=False), "bad_response", id="HTTP/2 in the clear"),
        pytest.param(writes(CHUNKED + b"zz\r\n", close=False), "bad_response", id="bad chunk length"),
        pytest.param(writes(CHUNKED + b"f" * 17 + b"\r\n", close=False), "bad_response", id="chunk of 2^68 bytes"),
        pytest.param(writes(CHUNKED + b"2\r\nabcd\r\n", close=False), "bad_response", id="chunk longer than told"),
        pytest.param(
            writes(OK + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc", close=False),
            "bad_response",
            id="two framings",
        ),
        pytest.param(closes_its_half, "connection_failed", id="half-closed session"),
        pytest.param(writes(), "connection_failed", id="closed without an answer"),
    ],
)
def test_hostile_answer_is_a_failure_of_its_kind(answer: Answer, code: str) -> None:
    with pytest.raises(AttemptError) as caught:
        posted(answer, seconds=60)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(repeats(b"x", first=OK + b"content-length: 60000\r\n\r\n", pause=0.02), id="body"),
        pytest.param(repeats(b"x", first=OK + b"x-", pause=0.02), id="header"),
        pytest.param(repeats(b"1\r\nx\r\n", first=CHUNKED, pause=0.02), id="chunks"),
        pytest.param(repeats(b"HTTP/1.1 102 Processing\r\n\r\n", pause=0.02), id="1xx"),
        pytest.param(writes(OK, close=False), id="silence"),
    ],
)
def test_answer_that_trickles_ends_with_the_deadline(answer: Answer) -> None:
    with pytest.raises(AttemptError) as caught:
        posted(answer, seconds=0.3)
    assert caught.value.code == "timeout"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("expired", "certificate has expired"),
        ("self-signed", "self.signed certificate"),
        ("another name", "Hostname mismatch"),
        ("unknown authority", "certificate was refused"),
    ],
)
def test_certificate_that_proves_nothing_is_a_failure_and_nothing_is_sent(certificate: str, reason: str) -> None:
    contexts = {
        "expired": lambda: authority().server_context(NAME, days=-1),
        "self-signed": lambda: self_signed_context(NAME),
        "another name": lambda: authority().server_context("other.example.com"),
        "unknown authority": lambda: new_authority().server_context(NAME),
    }
    reached: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(b"a request")

    with pytest.raises(AttemptError, match=reason) as caught:
        posted(answer, seconds=60, tls=contexts[certificate]())
    assert caught.value.code == "certificate_refused"
    assert reached == []


def fed(answer: Iterator[bytes]) -> tuple[Exchange, int]:
    """An exchange that was given parts until it had enough, and how much memory that took at most, in bytes."""

    async def run() -> tuple[Exchange, int]:
        exchange = Exchange(b"")
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for part in answer:
                exchange.data_received(part)
                if exchange.response.done():
                    break
            return exchange, tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    return asyncio.run(run())


def endless(first: bytes, part: bytes) -> Iterator[bytes]:
    """An answer in pieces as large as they are ever read at once, of which more than 16 MiB follow."""
    yield first
    for _ in range(64):
        yield (part * (READ_BYTES // len(part) + 1))[:READ_BYTES]


@pytest.mark.parametrize(
    ("first", "part"),
    [
        pytest.param(OK, b"a:\r\n", id="empty headers"),
        pytest.param(OK, b"x-a: " + b"b" * 1000 + b"\r\n", id="headers"),
        pytest.param(OK + b"x-a: ", b"b", id="one header"),
        pytest.param(OK + b"\r\n", b"x", id="body"),
        pytest.param(CHUNKED, b"1\r\nx\r\n", id="small chunks"),
        pytest.param(CHUNKED, b"1;" + b"e" * 100 + b"\r\nx\r\n", id="chunk extensions"),
        pytest.param(CHUNKED + b"0\r\n", b"x-a: b\r\n", id="trailers"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="1xx storm"),
        pytest.param(b"", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", id="103 storm"),
    ],
)
def test_exchange_holds_less_than_a_mebibyte_of_an_answer_without_end(first: bytes, part: bytes) -> None:
    exchange, held = fed(endless(first, part))
    assert isinstance(exchange.response.exception(), ResponseTooLargeError | BadResponseError)
    assert held < HELD_BYTES


def test_as_many_headers_as_are_allowed_are_read_and_one_more_is_not() -> None:
    most = HEADER_LIMIT_BYTES // (HEADER_OVERHEAD_BYTES + 2)
    header = b"a: b"
    # The server says `content-length: 0`, too.
    own = -(-(HEADER_OVERHEAD_BYTES + len(b"content-length0")) // (HEADER_OVERHEAD_BYTES + 2))
    exchange, _ = fed(iter([response(b"200 OK", b"", *[header] * (most - own))]))
    assert exchange.response.result().status_code == 200
    exchange, _ = fed(iter([response(b"200 OK", b"", *[header] * most)]))
    assert isinstance(exchange.response.exception(), ResponseTooLargeError)


def test_body_is_cut_in_the_middle_of_what_is_read_at_once() -> None:
    exchange, held = fed(iter([OK + b"\r\n" + b"x" * READ_BYTES]))
    assert isinstance(exchange.response.exception(), ResponseTooLargeError)
    assert held < READ_BYTES + 3 * BODY_LIMIT_BYTES
