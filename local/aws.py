"""AWS on the laptop: moto behind one loopback port, one call at a time.

Under parallel calls moto loses conditional writes and hands out a message twice, so every call waits for its turn.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local import aws_state

Answer = tuple[int, Mapping[str, str], str | bytes]
Call = Callable[[str, str, Mapping[str, str], bytes], Answer]


class Aws(ThreadingHTTPServer):
    """Listens from the moment it is made; answers once it is started. Callers wait in between."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, listener: socket.socket | None = None) -> None:
        """On `listener`, which is somebody's who stays while this process is replaced; or on a free port."""
        self.one_at_a_time = threading.Lock()
        self.call: Call | None = None
        super().__init__(("127.0.0.1", 0), _AwsRequest, bind_and_activate=listener is None)
        if listener is not None:
            self.socket.close()
            self.socket = listener
            self.server_address = listener.getsockname()
            self.server_port = self.server_address[1]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self, call: Call | None = None) -> None:
        """Answers with `call`, or with moto, whose import takes about a second."""
        self.call = call or load_moto()
        threading.Thread(target=self.serve_forever, name="aws", daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        # A child that is killed leaves its calls unread, which is nobody's fault.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def stop(self) -> None:
        if self.call:
            self.shutdown()
        self.server_close()


def aws_process(listener: socket.socket, state: Path) -> Callable[[], None]:
    """Prepares moto as a process of its own, and returns what serves it until SIGTERM.

    What it holds then lies in the file `state`, and is there again in the next process.
    """
    server, call = Aws(listener), load_moto()

    def serve() -> None:
        aws_state.restore(state)
        # Before there are threads, which inherit it: the signal waits to be waited for.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        server.start(call)
        signal.sigwait({signal.SIGTERM})
        # The call that is being answered is the last; the others find a broken connection.
        with server.one_at_a_time:
            aws_state.save(state)
            os._exit(0)

    return serve


def load_moto() -> Call:
    """Imports moto with the services that we use, and returns a function that calls them."""
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.compat import HTTPHeaders
    from moto.backends import get_backend
    from moto.core.models import botocore_stubber

    for service in aws_state.KEPT:
        get_backend(service)

    def call(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        fields = HTTPHeaders()
        for name, value in headers.items():
            # moto would call a queue by this server's name, not by the one that it has on AWS.
            if name.lower() != "host":
                fields[name] = value
        request = AWSPreparedRequest(method=method, url=url, headers=fields, body=body, stream_output=False)
        answer: Answer | None = botocore_stubber.process_request(request)
        return answer or (404, {}, "moto has no such service")

    return call


def aws_url(path: str, authorization: str) -> str:
    """The URL that a signed call would have on AWS. Raises `ValueError` when it is not signed."""
    _, _, scope = authorization.partition("Credential=")
    parts = scope.split(",")[0].strip().split("/")
    if len(parts) != 5:
        raise ValueError("the call is not signed")
    _, _, region, service, _ = parts
    return f"https://{service}.{region}.amazonaws.com{path}"


class _AwsRequest(BaseHTTPRequestHandler):
    server: Aws
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: else the second waits for the first one's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, content = self._call(body)
        payload = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "date", "server", "connection"}:
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _call(self, body: bytes) -> Answer:
        try:
            url = aws_url(self.path, self.headers.get("Authorization", ""))
        except ValueError as error:
            return 403, {}, str(error)
        assert self.server.call is not None
        with self.server.one_at_a_time:
            try:
                return self.server.call(self.command, url, dict(self.headers.items()), body)
            except Exception:
                traceback.print_exc()
                return 500, {}, "moto failed"

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 (the names are the base class's)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: there are many calls."""
