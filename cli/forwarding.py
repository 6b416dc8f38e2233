"""A server on this machine that hands each webhook on to another URL, and answers as that did."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

LONGEST_BODY_BYTES = 4 * 1024 * 1024
_TIMEOUT_SECONDS = 30.0
# These describe one connection only, or are written anew.
_OWN = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive", "accept-encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A webhook that was handed on."""

    headers: dict[str, str]
    body: bytes
    status: int | None
    """What the other URL answered; None where it could not be reached."""
    error: str | None = None


@contextmanager
def forwarding(to: str, tell: Callable[[Forwarded], None], http: httpx.Client) -> Iterator[str]:
    """While it lasts, what is POSTed to the URL that is yielded goes to `to`, with its headers and its very bytes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            if length > LONGEST_BODY_BYTES:
                self.send_error(413)
                return
            forwarded = forward(to, dict(self.headers.items()), self.rfile.read(length), http)
            self.send_response(forwarded.status or 502)
            self.send_header("content-length", "0")
            self.end_headers()
            tell(forwarded)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forward(to: str, headers: dict[str, str], body: bytes, http: httpx.Client) -> Forwarded:
    """Hands one webhook on."""
    lower = {name.lower(): value for name, value in headers.items()}
    kept = {name: value for name, value in lower.items() if name not in _OWN}
    try:
        answer = http.post(to, headers=kept, content=body, timeout=_TIMEOUT_SECONDS)
    except httpx.HTTPError as error:
        return Forwarded(headers=lower, body=body, status=None, error=f"{type(error).__name__}: {error}")
    return Forwarded(headers=lower, body=body, status=answer.status_code)
