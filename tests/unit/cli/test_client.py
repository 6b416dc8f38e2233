from collections.abc import Iterator

import httpx
import pytest

from cli.client import ApiClient, ApiError, build_http
from cli.failures import CommandError


def client(answers: Iterator[httpx.Response], slept: list[float]) -> ApiClient:
    transport = httpx.MockTransport(lambda _: next(answers))
    return ApiClient(build_http("https://api.example.com", "k", transport), sleep=slept.append)


def test_overload_is_waited_out_as_the_api_asks() -> None:
    slept: list[float] = []
    answers = iter([httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200, json={"ok": True})])
    assert client(answers, slept).call("POST", "/v1/events", [], tries=2) == {"ok": True}
    assert slept == [7.0]


def test_what_may_not_be_repeated_is_tried_once() -> None:
    with pytest.raises(ApiError, match="503"):
        client(iter([httpx.Response(503)]), []).call("POST", "/v1/subscriptions", {})


def test_answer_that_is_no_json_is_told_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="is the URL right"):
        client(iter([httpx.Response(200, text="<html>")]), []).get("/v1/events")


def test_each_fault_is_told_with_its_place() -> None:
    errors = [{"pointer": "/url", "detail": "This is no URL."}, {"pointer": "", "detail": "Too much."}]
    with pytest.raises(ApiError) as refused:
        client(iter([httpx.Response(422, json={"errors": errors})]), []).call("POST", "/v1/subscriptions", {})
    assert str(refused.value) == "url: This is no URL.\nToo much."


def test_pages_are_read_until_there_is_enough() -> None:
    page = {"events": [{"id": "a"}, {"id": "b"}], "next": "cursor"}
    answers = iter([httpx.Response(200, json=page), httpx.Response(200, json=page)])
    assert len(list(client(answers, []).pages("/v1/events", "events", most=4))) == 4
