"""The front as an ASGI application."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from local import gateway
from local.bin import BODY_LIMIT, Bins
from local.bin_routes import BinRoutes
from local.front import MOST_OPEN, Front, Message
from local.lambdas import Environments, Handler
from local.throttle import Throttle
from parcelhook.resources import API
from tests.unit.local.fixed_clock import FixedClock


def echo(event: dict[str, Any], context: Any) -> Any:
    return {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}


Answered = tuple[int, dict[str, str], bytes]


class Client:
    """Sends requests to a front."""

    def __init__(
        self, handler: Handler, clock: FixedClock, *, burst: int = 1000, longest_seconds: float = 60.0
    ) -> None:
        environments = Environments(API, lambda: handler, most=1)
        throttle = Throttle(rate=1, burst=burst, monotonic=clock.monotonic)
        bins = BinRoutes(Bins(), clock=clock)
        self._front = Front(environments, bins, clock=clock, throttle=throttle, longest_seconds=longest_seconds)

    def send(
        self, method: str, path: str, chunks: Sequence[bytes] = (b"",), headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> Answered:
        return asyncio.run(self.sending(method, path, chunks, headers))

    async def sending(
        self, method: str, path: str, chunks: Sequence[bytes] = (b"",), headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> Answered:
        sent: list[Message] = []
        bodies = [{"body": chunk, "more_body": True} for chunk in chunks]
        bodies[-1]["more_body"] = False
        arriving = iter(bodies)

        async def receive() -> Message:
            return {"type": "http.request", **next(arriving)}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "query_string": b"a=%20",
            "headers": headers,
            "client": ("127.0.0.1", 4),
        }
        await self._front(scope, receive, send)
        start, body = sent
        return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


@pytest.fixture
def client(clock: FixedClock) -> Client:
    return Client(echo, clock)


def test_request_reaches_the_function_and_its_answer_comes_back(client: Client) -> None:
    status, headers, body = client.send(
        "POST", "/v1/events", [b'{"a":', b"1}"], [(b"Content-Type", b"application/json"), (b"X-A", b"\xfc")]
    )
    event = json.loads(body)
    assert status == 201
    assert headers == {"content-type": "application/json", "content-length": str(len(body))}
    assert event["body"] == '{"a":1}'
    assert event["rawQueryString"] == "a=%20"
    assert event["headers"]["x-a"] == "ü"
    assert event["requestContext"]["http"]["method"] == "POST"


def test_function_that_raises_is_a_500_with_a_traceback(clock: FixedClock, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(event: dict[str, Any], context: Any) -> Any:
        raise RuntimeError("broken inside")

    status, _, body = Client(broken, clock).send("GET", "/")
    assert (status, body) == (500, b'{"message":"Internal Server Error"}')
    assert "broken inside" in capfd.readouterr().err


@pytest.mark.parametrize(("method", "path"), [("BREW", "/"), ("OPTIONS", "*")])
def test_what_api_gateway_does_not_route_does_not_reach_the_function(client: Client, method: str, path: str) -> None:
    assert client.send(method, path)[0] == 404


def test_answer_without_content_has_no_length(clock: FixedClock) -> None:
    _, headers, _ = Client(lambda event, context: {"statusCode": 204}, clock).send("DELETE", "/")
    assert "content-length" not in headers


@pytest.mark.parametrize(("path", "limit"), [("/v1/events", gateway.BODY_LIMIT), ("/bin/x", BODY_LIMIT)])
def test_body_over_the_limit_is_refused(client: Client, path: str, limit: int) -> None:
    half = bytes(limit // 2)
    assert client.send("POST", path, [half, half])[0] in {200, 201}
    status, headers, body = client.send("POST", path, [half, half, b"x"])
    assert (status, body) == (413, b'{"message":"Request Entity Too Large"}')
    assert headers["connection"] == "close"


def test_declared_body_over_the_limit_is_refused_unread(client: Client) -> None:
    length = str(gateway.BODY_LIMIT + 1).encode()
    assert client.send("POST", "/v1/events", [b""], [(b"content-length", length)])[0] == 413


def test_bin_is_beside_the_function(client: Client) -> None:
    assert client.send("POST", "/bin/x", [b"hello"])[0] == 200
    (kept,) = json.loads(client.send("GET", "/bin/x/requests")[2])
    assert kept["body"] == "hello"


def test_requests_beyond_the_burst_are_429_as_api_gateway_says_it(clock: FixedClock) -> None:
    client = Client(echo, clock, burst=2)
    assert [client.send("GET", "/")[0] for _ in range(3)] == [201, 201, 429]
    status, headers, body = client.send("GET", "/")
    assert (status, body) == (429, b'{"message":"Too Many Requests"}')
    assert "retry-after" not in headers
    assert client.send("POST", "/bin/x", [b"hello"])[0] == 200
    clock.forward(seconds=1)
    assert client.send("GET", "/")[0] == 201


class Held:
    """A function that answers once it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        self.released.wait()
        return {"statusCode": 202}


def test_more_than_the_function_can_have_before_it_is_503_and_the_rest_is_served(clock: FixedClock) -> None:
    held = Held()
    client = Client(held, clock)

    async def all_at_once() -> tuple[Answered, list[Answered]]:
        sending = [asyncio.create_task(client.sending("POST", "/v1/events")) for _ in range(MOST_OPEN)]
        await asyncio.sleep(0)
        one_more = await client.sending("POST", "/v1/events")
        held.released.set()
        return one_more, await asyncio.gather(*sending)

    (status, headers, body), others = asyncio.run(all_at_once())
    assert (status, body) == (503, b'{"message":"Service Unavailable"}')
    assert "retry-after" not in headers
    assert {other[0] for other in others} == {202}
    assert client.send("POST", "/v1/events")[0] == 202


def test_function_that_takes_too_long_is_a_503_and_goes_on(clock: FixedClock) -> None:
    held = Held()
    finished = threading.Event()

    def slow(event: dict[str, Any], context: Any) -> Any:
        answer = held(event, context)
        finished.set()
        return answer

    client = Client(slow, clock, longest_seconds=0.01)

    async def answered() -> Answered:
        answer = await client.sending("POST", "/v1/events")
        held.released.set()
        return answer

    assert asyncio.run(answered())[0] == 503
    assert finished.wait(10)
