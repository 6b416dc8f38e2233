"""The request bin keeps what arrives and shows it safely."""

import asyncio
import json
from typing import Any

import pytest

from local.bin import Bins
from local.bin_page import POLICY
from local.bin_routes import BinRoutes
from local.messages import Request, Response
from tests.unit.local.fixed_clock import FixedClock


class Sleep:
    """Notes how long it should have taken."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Subject:
    """The routes, called without an event loop around."""

    def __init__(self, clock: FixedClock) -> None:
        self.sleep = Sleep()
        self._routes = BinRoutes(Bins(most_bins=3, most_requests=2), clock=clock, sleep=self.sleep)

    def send(self, method: str, path: str, query: str = "", body: bytes = b"") -> Response:
        request = Request(method=method, path=path, query=query, headers=(("a", "1"), ("a", "2")), body=body)
        return asyncio.run(self._routes.answer(request))

    def list(self, name: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self.send("GET", f"/bin/{name}/requests").body)
        return listed


@pytest.fixture
def subject(clock: FixedClock) -> Subject:
    return Subject(clock)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "OPTIONS"])
def test_bin_keeps_what_arrives(subject: Subject, clock: FixedClock, method: str) -> None:
    assert subject.send(method, "/bin/x", "status=200", b'{"b": 1}').status == 200
    assert subject.list("x") == [
        {
            "received_at": clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "method": method,
            "path": "/bin/x",
            "query": "status=200",
            "headers": {"a": "1,2"},
            "body": '{"b": 1}',
        }
    ]


def test_bin_lists_newest_first_and_forgets_the_oldest(subject: Subject) -> None:
    for body in (b"1", b"2", b"3"):
        subject.send("POST", "/bin/x", body=body)
    assert [request["body"] for request in subject.list("x")] == ["3", "2"]


def test_bin_left_alone_longest_makes_room(subject: Subject) -> None:
    for name in ("a", "b", "c", "a", "d"):
        subject.send("POST", f"/bin/{name}")
    assert [name for name in "abcd" if subject.list(name)] == ["a", "c", "d"]


@pytest.mark.parametrize("status", [200, 204, 301, 410, 503])
def test_bin_answers_with_the_wanted_status(subject: Subject, status: int) -> None:
    response = subject.send("POST", "/bin/x", f"status={status}")
    assert response.status == status
    assert len(subject.list("x")) == 1


def test_bin_answers_after_the_wanted_delay(subject: Subject) -> None:
    subject.send("POST", "/bin/x", "status=503&delay=2.5")
    assert subject.sleep.seconds == [2.5]


@pytest.mark.parametrize(
    "query", ["status=abc", "status=100", "status=600", "delay=x", "delay=-1", "delay=nan", "delay=999"]
)
def test_bin_refuses_senseless_wishes(subject: Subject, query: str) -> None:
    assert subject.send("POST", "/bin/x", query).status == 400
    assert subject.list("x") == []


def test_bin_is_emptied_by_delete(subject: Subject) -> None:
    subject.send("POST", "/bin/x")
    assert subject.send("DELETE", "/bin/x").status == 204
    assert subject.list("x") == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/bin/"),
        ("POST", "/bin/a/b"),
        ("POST", "/bin/" + "x" * 65),
        ("POST", "/bin/x/requests"),
        ("GET", "/bin/<b>"),
    ],
)
def test_bin_knows_no_other_paths(subject: Subject, method: str, path: str) -> None:
    assert subject.send(method, path).status == 404


def test_page_shows_markup_as_text(subject: Subject) -> None:
    subject.send("POST", "/bin/x", "a=<i>", b"<script>alert(1)</script>")
    html = subject.send("GET", "/bin/x").body.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<i>" not in html


def test_page_allows_only_its_own_script_and_style(subject: Subject) -> None:
    headers = dict(subject.send("GET", "/bin/x").headers)
    assert headers["content-security-policy"] == POLICY
    assert "default-src 'none'" in POLICY
    assert "unsafe-inline" not in POLICY


def test_page_indents_json(subject: Subject) -> None:
    subject.send("POST", "/bin/x", body='{"a":{"b":"ü"}}'.encode())
    assert (
        "{\n  &quot;a&quot;: {\n    &quot;b&quot;: &quot;ü&quot;\n  }\n}" in subject.send("GET", "/bin/x").body.decode()
    )


@pytest.mark.parametrize("body", [b"\xff\xfe", b'"\\ud800"', b"[" * 100_000, b""])
def test_page_shows_any_body(subject: Subject, body: bytes) -> None:
    subject.send("POST", "/bin/x", body=body)
    assert subject.send("GET", "/bin/x").status == 200
    assert len(subject.list("x")) == 1
