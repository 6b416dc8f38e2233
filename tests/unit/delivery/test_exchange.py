"""What an endpoint may send, and what is made of it, over real connections."""

import asyncio
import gzip
import tracemalloc

import pytest

from parcelhook.delivery.exchange import BODY_LIMIT_BYTES, HEADER_LIMIT_BYTES
from parcelhook.errors import (
    AttemptTimeoutError,
    BadResponseError,
    ConnectionFailedError,
    ResponseTooLargeError,
)
from tests.unit.delivery.servers import Answer, answered, repeats, response, writes

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("status", [b"200 OK", b"202 Accepted", b"500 Internal Server Error", b"404 Nothing", b"299 "])
def test_answer_with_a_length_is_read_whole(status: bytes) -> None:
    answer = answered(writes(response(status, b"thanks"), close=False))
    assert (answer.status_code, answer.body) == (int(status[:3]), b"thanks")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answer_without_a_body_is_complete_with_its_headers(status: bytes) -> None:
    answer = answered(writes(b"HTTP/1.1 " + status + b"\r\n\r\n", close=False))
    assert (answer.status_code, answer.body) == (int(status[:3]), b"")


def test_chunks_are_put_together() -> None:
    assert answered(writes(CHUNKED, b"3\r\nabc\r\n", b"2;x=y\r\nde\r\n", b"0\r\n\r\n", close=False)).body == b"abcde"


def test_chunked_answer_may_have_trailers() -> None:
    answer = answered(writes(CHUNKED, b"1\r\na\r\n0\r\nx-checksum: 1\r\n\r\n", close=False))
    assert answer.body == b"a"


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
def test_answer_without_a_length_ends_with_the_connection(version: bytes) -> None:
    answer = answered(writes(version + b" 200 OK\r\n\r\n", b"until ", b"the end"))
    assert (answer.status_code, answer.body) == (200, b"until the end")


def test_answer_in_an_unknown_transfer_coding_ends_with_the_connection() -> None:
    assert answered(writes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nabc")).body == b"abc"


def test_answer_byte_by_byte_is_the_same_answer() -> None:
    parts = [bytes([byte]) for byte in CONTINUE + response(b"200 OK", b"thanks", b"x-a: b")]
    assert answered(writes(*parts, close=False)).body == b"thanks"


@pytest.mark.parametrize("first", [CONTINUE, CONTINUE * 3, b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"])
def test_informational_answers_come_before_the_answer(first: bytes) -> None:
    answer = answered(writes(first, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", close=False))
    assert (answer.status_code, answer.body) == (200, b"ok")


def test_headers_of_an_informational_answer_are_not_the_answers() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nretry-after: 99\r\nlocation: /x\r\n\r\n"
    answer = answered(writes(early + response()))
    assert (answer.retry_after, answer.location) == (None, None)


def test_storm_of_informational_answers_is_cut_off() -> None:
    with pytest.raises(ResponseTooLargeError, match="headers"):
        answered(repeats(CONTINUE * 100))


def test_switching_protocols_is_not_an_answer() -> None:
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x81\x00"
    with pytest.raises(BadResponseError, match=r"not HTTP/1\.1"):
        answered(writes(upgrade, close=False))


def test_headers_without_end_are_cut_off() -> None:
    with pytest.raises(ResponseTooLargeError, match="headers"):
        answered(repeats(b"x-a: " + b"b" * 1000 + b"\r\n", first=b"HTTP/1.1 200 OK\r\n"))


def test_one_header_without_end_is_cut_off() -> None:
    with pytest.raises(ResponseTooLargeError, match="headers"):
        answered(repeats(b"b" * 1000, first=b"HTTP/1.1 200 OK\r\nx-a: "))


def test_too_many_headers_are_refused_however_fast_they_come() -> None:
    headers = [b"x-a: " + b"b" * 1000] * (HEADER_LIMIT_BYTES // 1000 + 1)
    with pytest.raises(ResponseTooLargeError, match="headers"):
        answered(writes(response(b"200 OK", b"", *headers)))


def test_trailers_without_end_are_cut_off() -> None:
    with pytest.raises(ResponseTooLargeError):
        answered(repeats(b"x-a: " + b"b" * 1000 + b"\r\n", first=CHUNKED + b"0\r\n"))


def test_body_of_exactly_the_limit_is_read() -> None:
    assert len(answered(writes(response(b"200 OK", b"x" * BODY_LIMIT_BYTES))).body) == BODY_LIMIT_BYTES


def framed(framing: str, length: int) -> bytes:
    if framing == "length":
        return response(b"200 OK", b"x" * length)
    if framing == "chunks":
        return CHUNKED + b"%x\r\n" % length + b"x" * length + b"\r\n0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * length


@pytest.mark.parametrize("framing", ["length", "chunks", "close"])
def test_body_one_byte_over_the_limit_is_refused(framing: str) -> None:
    with pytest.raises(ResponseTooLargeError, match="65536 bytes"):
        answered(writes(framed(framing, BODY_LIMIT_BYTES + 1)))


@pytest.mark.parametrize("framing", ["chunks", "close"])
def test_body_of_exactly_the_limit_is_read_in_any_framing(framing: str) -> None:
    assert len(answered(writes(framed(framing, BODY_LIMIT_BYTES))).body) == BODY_LIMIT_BYTES


@pytest.mark.parametrize(
    "answer",
    [
        repeats(b"x" * 10_000, first=b"HTTP/1.1 200 OK\r\n\r\n"),
        repeats(b"2710\r\n" + b"x" * 10_000 + b"\r\n", first=CHUNKED),
        repeats(b"1;" + b"e" * 100 + b"\r\nx\r\n", first=CHUNKED),
        repeats(b"x" * 10_000, first=b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"),
    ],
    ids=["close", "chunks", "chunk extensions", "length"],
)
def test_body_without_end_is_cut_off_in_bounded_memory(answer: Answer) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLargeError):
            answered(answer)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_compressed_body_is_never_inflated() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)
    answer = answered(writes(response(b"200 OK", bomb, b"content-encoding: gzip")))
    assert answer.body == bomb


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",),
        (b"HTTP/1.1 200 OK\r\ncontent",),
        (CHUNKED + b"5\r\nabc",),
        (CHUNKED + b"3\r\nabc\r\n",),
        (CONTINUE,),
        (),
    ],
    ids=["body", "header", "chunk", "last chunk", "only informational", "nothing"],
)
def test_connection_closed_early_is_a_failed_connection(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(ConnectionFailedError, match="closed before"):
        answered(writes(*parts))


def test_reset_connection_is_a_failed_connection() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        await writer.drain()
        writer.transport.abort()

    with pytest.raises(ConnectionFailedError):
        answered(reset)


def test_half_closed_connection_still_answers() -> None:
    async def half_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nlast words")
        writer.write_eof()
        await asyncio.Event().wait()

    assert answered(half_close).body == b"last words"


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>hello</html>",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"3\r\nabcdef\r\n0\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 200 OK\r\nx-a: \0\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_bad_response(raw: bytes) -> None:
    with pytest.raises(BadResponseError, match=r"not HTTP/1\.1"):
        answered(writes(raw, close=False))


def test_what_follows_a_complete_answer_is_ignored() -> None:
    assert answered(writes(response(b"200 OK", b"ok") + b"and more\r\n\r\n")).body == b"ok"


def test_one_deadline_covers_an_answer_that_trickles() -> None:
    body = repeats(b"x", first=b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", pause=0.05)
    with pytest.raises(AttemptTimeoutError, match=r"within 0\.2 s"):
        answered(body, seconds=0.2)


def test_one_deadline_covers_headers_that_trickle() -> None:
    with pytest.raises(AttemptTimeoutError):
        answered(repeats(b"x", first=b"HTTP/1.1 200 OK\r\nx-", pause=0.05), seconds=0.2)


def test_endpoint_that_never_answers_is_timed_out() -> None:
    with pytest.raises(AttemptTimeoutError, match=r"No complete answer within 0\.1 s"):
        answered(writes(close=False), seconds=0.1)
