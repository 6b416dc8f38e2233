"""An endpoint in this process that remembers what it was sent, for tests and measurements."""

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True, kw_only=True)
class Receipt:
    """One POST that arrived whole."""

    path: str
    webhook_id: str
    body: bytes
    at: float = field(default_factory=time.monotonic)
    """In monotonic seconds."""
    number: int = 1
    """Which POST with its `webhook-id` it is."""
    status: int | None = None
    """What was answered; none until then."""

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


Answer = Callable[[Receipt], int]
"""The status for a POST. It may take its time; every connection has a thread of its own."""


class Sink:
    """Listens on loopback. While it is down it refuses connections, on the same port."""

    def __init__(self, answer: Answer = lambda _receipt: 200) -> None:
        self.answer = answer
        self._receipts: list[Receipt] = []
        self._numbers: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._socket = _bound(0)
        self.port: int = self._socket.getsockname()[1]
        self._server: _Server | None = None
        self.up()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def receipts(self) -> list[Receipt]:
        """All so far, in the order in which they arrived."""
        with self._lock:
            return list(self._receipts)

    @property
    def open_connections(self) -> int:
        """How many senders have not hung up."""
        return len(self._server.open) if self._server else 0

    def take(self, receipt: Receipt) -> int:
        """Remembers what arrived, and answers its status."""
        with self._lock:
            self._numbers[receipt.webhook_id] += 1
            receipt.number = self._numbers[receipt.webhook_id]
            self._receipts.append(receipt)
        receipt.status = self.answer(receipt)
        return receipt.status

    def up(self) -> None:
        self._server = _Server(self._socket, self)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sink", daemon=True).start()

    def down(self) -> None:
        """Breaks every connection that is open, too."""
        self.close()
        # Bound and not listening, so that nobody else gets the port meanwhile.
        self._socket = _bound(self.port)

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._socket.close()


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, bound: socket.socket, sink: Sink) -> None:
        self.sink = sink
        self.open: set[socket.socket] = set()
        super().__init__(bound.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_activate()

    def stop(self) -> None:
        self.shutdown()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: a sender that was killed, or cut off, is what is tried here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: else the second waits for the first one's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.server.sink.take(
            Receipt(path=self.path, webhook_id=self.headers.get("webhook-id", ""), body=body)
        )
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: there are many."""
