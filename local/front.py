"""The HTTP front: an ASGI application that stands where API Gateway does, with the request bin beside it."""

import asyncio
import traceback
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from local import gateway
from local.bin import BODY_LIMIT as BIN_BODY_LIMIT
from local.bin_routes import BinRoutes
from local.lambdas import Environments
from local.messages import Request, Response
from parcelhook.clock import Clock

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BodyTooLargeError(Exception):
    """Raised when a request's body is larger than is taken."""


class Front:
    """Gives each request to the request bin or, as an event, to the api function."""

    def __init__(self, environments: Environments, bins: BinRoutes, *, clock: Clock) -> None:
        self._environments = environments
        self._bins = bins
        self._clock = clock

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        to_bin = scope["path"].startswith("/bin/")
        try:
            request = await read_request(scope, receive, limit=BIN_BODY_LIMIT if to_bin else gateway.BODY_LIMIT)
        except BodyTooLargeError:
            await write_response(gateway.TOO_LARGE, send, close=True)
            return
        response = await (self._bins.answer(request) if to_bin else self._invoke(request))
        await write_response(response, send)

    async def _invoke(self, request: Request) -> Response:
        if request.method not in gateway.METHODS or not request.path.startswith("/"):
            return gateway.NOT_FOUND
        event = gateway.to_event(request, request_id=uuid.uuid4().hex, now=self._clock.now())
        try:
            result = await asyncio.get_running_loop().run_in_executor(
                self._environments.executor, self._environments.invoke, event
            )
        except Exception:
            traceback.print_exc()
            return gateway.FAILED
        return gateway.to_response(result)


async def read_request(scope: MutableMapping[str, Any], receive: Receive, *, limit: int) -> Request:
    """The whole request. Raises `BodyTooLargeError` as soon as it shows that the body is over `limit` bytes."""
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    declared = dict(headers).get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLargeError
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await _read_body(receive, limit),
        protocol=f"HTTP/{scope['http_version']}",
        client=(scope.get("client") or ("127.0.0.1", 0))[0],
    )


async def _read_body(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise BodyTooLargeError
    return bytes(body)


async def write_response(response: Response, send: Send, *, close: bool = False) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status not in {204, 304}:
        headers.append((b"content-length", str(len(response.body)).encode()))
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
