"""One HTTP/1.1 exchange on a connection of its own: a request goes out, one bounded response comes back."""

import asyncio

import httptools

from parcelhook.errors import BadResponseError, ConnectionFailedError, ResponseTooLargeError
from parcelhook.values import value

HEADER_LIMIT_BYTES = 32 * 1024
BODY_LIMIT_BYTES = 64 * 1024
# What a header counts for beside its letters, as in HTTP/2 (RFC 9113 section 6.5.2): a thousand empty ones take room.
HEADER_OVERHEAD_BYTES = 32
# A response in the smallest of chunks is several times as long on the wire as its body.
_WIRE_LIMIT_BYTES = HEADER_LIMIT_BYTES + 8 * BODY_LIMIT_BYTES


@value
class RawResponse:
    """What came back, as it came."""

    status_code: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Exchange(asyncio.Protocol):
    """Sends `request` when connected and collects the response into `response`.

    `response` fails with `BadResponseError`, `ResponseTooLargeError` or `ConnectionFailedError`. Once it is there the
    connection is given up at once: taking leave by TLS's rules would be another packet, for nobody. Whoever waits sets
    the deadline, and closes the connection of an exchange that did not end.

    Of an answer it holds less than a mebibyte at any time, whatever comes: what was read at once (256 KiB), the headers
    and the body, each up to its limit.
    """

    def __init__(self, request: bytes) -> None:
        self.response: asyncio.Future[RawResponse] = asyncio.get_running_loop().create_future()
        self._request = request
        self._transport: asyncio.WriteTransport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._wire_bytes = 0
        self._head_bytes = 0
        self._header_bytes = 0
        self._in_body = False
        self._ends_with_connection = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self.response.done():
            return
        self._wire_bytes += len(data)
        if not self._in_body:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            # Also what follows a complete response, and a 101: nobody asked for either.
            self._fail(BadResponseError("The endpoint's answer is not HTTP/1.1."))
        self._check_size()

    def eof_received(self) -> None:
        if self._in_body and self._ends_with_connection:
            self._succeed()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - it is the end either way
        self._fail(ConnectionFailedError("The connection was closed before the answer was complete."))

    # What httptools calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value) + HEADER_OVERHEAD_BYTES
        if self._header_bytes <= HEADER_LIMIT_BYTES:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._is_informational():
            return
        self._in_body = True
        framing = dict(self._headers)
        chunked = framing.get(b"transfer-encoding", b"").lower().endswith(b"chunked")
        self._ends_with_connection = b"content-length" not in framing and not chunked

    def on_body(self, part: bytes) -> None:
        # One byte more than allowed shows that there is more.
        self._body += part[: BODY_LIMIT_BYTES + 1 - len(self._body)]

    def on_message_complete(self) -> None:
        if self._is_informational():
            self._headers.clear()
            return
        self._succeed()

    def _is_informational(self) -> bool:
        return int(self._parser.get_status_code()) < 200

    def _check_size(self) -> None:
        # Those that were read, however fast they came, and what has no end yet.
        if max(self._header_bytes, 0 if self._in_body else self._head_bytes) > HEADER_LIMIT_BYTES:
            self._fail(ResponseTooLargeError(f"The answer's headers are longer than {HEADER_LIMIT_BYTES} bytes."))
        if len(self._body) > BODY_LIMIT_BYTES or self._wire_bytes > _WIRE_LIMIT_BYTES:
            self._fail(ResponseTooLargeError(f"The answer's body is longer than {BODY_LIMIT_BYTES} bytes."))

    def _succeed(self) -> None:
        within_limits = len(self._body) <= BODY_LIMIT_BYTES and self._header_bytes <= HEADER_LIMIT_BYTES
        if within_limits and not self.response.done():
            status_code = int(self._parser.get_status_code())
            self.response.set_result(RawResponse(status_code, self._headers, bytes(self._body)))
            if self._transport:
                self._transport.abort()

    def _fail(self, error: Exception) -> None:
        if not self.response.done():
            self.response.set_exception(error)
            # Whoever waited may have given up; asyncio would complain of an exception that nobody took.
            self.response.exception()
