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
from local.throttle import Throttle
from parcelhook.clock import Clock

MOST_OPEN = 100
"""Requests that the function has in hand or before it. AWS refuses too, where a function's concurrency is used up."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BodyTooLargeError(Exception):
    """Raised when a request's body is larger than is taken."""


class Front:
    """Gives each request to the request bin or, as an event, to the api function."""

    def __init__(
        self,
        environments: Environments,
        bins: BinRoutes,
        *,
        clock: Clock,
        throttle: Throttle,
        longest_seconds: float = gateway.LONGEST_SECONDS,
    ) -> None:
        self._environments = environments
        self._bins = bins
        self._clock = clock
        self._throttle = throttle
        self._longest_seconds = longest_seconds
        self._open = 0

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
        if not self._throttle.lets_through():
            return gateway.TOO_MANY
        if self._open >= MOST_OPEN:
            return gateway.UNAVAILABLE
        event = gateway.to_event(request, request_id=uuid.uuid4().hex, now=self._clock.now())
        try:
            # Whoever hears nothing of it has not stopped it.
            result = await asyncio.wait_for(asyncio.shield(self._answered(event)), self._longest_seconds)
        except TimeoutError:
            return gateway.UNAVAILABLE
        except Exception:
            traceback.print_exc()
            return gateway.FAILED
        return gateway.to_response(result)

    def _answered(self, event: gateway.Event) -> asyncio.Future[Any]:
        """What the function will have answered. It counts as open until then."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._environments.executor, self._environments.invoke, event)
        self._open += 1
        answer.add_done_callback(self._close)
        return answer

    def _close(self, answer: asyncio.Future[Any]) -> None:
        self._open -= 1
        # Read, so that a failure that nobody waits for any more is not called forgotten.
        answer.exception()


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
