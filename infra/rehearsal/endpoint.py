"""An endpoint on loopback: /works answers 200, /broken answers 503 until it is mended, anything else always."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Endpoint:
    """What it was sent, by path."""

    url: str
    mended: bool = False
    arrived: Counter[str] = field(default_factory=Counter)


@contextmanager
def listening() -> Iterator[Endpoint]:
    """Listens at a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.arrived[self.path] += 1
            works = self.path == "/works" or (self.path == "/broken" and endpoint.mended)
            self.send_response(200 if works else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()
