"""Requests become API Gateway's events, and answers become responses."""

import base64
from datetime import UTC, datetime

import pytest
from aws_lambda_powertools.utilities.parser.models import APIGatewayProxyEventV2Model

from local import gateway
from local.gateway import Event
from local.messages import Request

NOW = datetime(2026, 11, 21, 8, 5, 3, 250_000, tzinfo=UTC)


def event_of(request: Request) -> Event:
    event = gateway.to_event(request, request_id="id-1", now=NOW)
    APIGatewayProxyEventV2Model.model_validate(event)
    return event


def post(body: bytes, content_type: str | None = "application/json") -> Event:
    headers = () if content_type is None else (("content-type", content_type),)
    return event_of(Request(method="POST", path="/v1/events", headers=headers, body=body))


def test_event_of_a_request_has_every_member() -> None:
    event = event_of(
        Request(
            method="POST",
            path="/v1/a b",
            query="a=1&b=%20x&a=2&empty=",
            headers=(
                ("host", "localhost:8000"),
                ("user-agent", "curl/8"),
                ("accept", "text/html"),
                ("accept", "*/*"),
                ("cookie", "one=1; two=2"),
                ("content-type", "application/json"),
            ),
            body=b'{"a": 1}',
            client="127.0.0.9",
        )
    )
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/v1/a b",
        "rawQueryString": "a=1&b=%20x&a=2&empty=",
        "cookies": ["one=1", "two=2"],
        "queryStringParameters": {"a": "1,2", "b": " x", "empty": ""},
        "headers": {
            "host": "localhost:8000",
            "user-agent": "curl/8",
            "accept": "text/html,*/*",
            "content-type": "application/json",
            "x-forwarded-for": "127.0.0.9",
            "x-forwarded-proto": "http",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": "POST",
                "path": "/v1/a b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.9",
                "userAgent": "curl/8",
            },
            "requestId": "id-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "21/Nov/2026:08:05:03 +0000",
            "timeEpoch": 1795248303250,
        },
        "body": '{"a": 1}',
        "isBase64Encoded": False,
    }


def test_event_of_a_bare_request_leaves_out_what_is_not_there() -> None:
    event = event_of(Request(method="GET", path="/"))
    assert not {"body", "cookies", "queryStringParameters"} & event.keys()
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize("content_type", ["text/plain", "application/json; charset=utf-8", "Application/XML"])
def test_event_body_of_a_text_type_is_text(content_type: str) -> None:
    event = post("ü".encode(), content_type)
    assert (event["body"], event["isBase64Encoded"]) == ("ü", False)


@pytest.mark.parametrize("content_type", [None, "application/octet-stream", "application/x-www-form-urlencoded"])
def test_event_body_of_any_other_type_is_encoded(content_type: str | None) -> None:
    event = post(b"a=1", content_type)
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"a=1", True)


def test_event_body_that_is_not_utf8_is_encoded() -> None:
    event = post(b"\xff\xfe")
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\xff\xfe", True)


def test_response_keeps_status_headers_cookies_and_body() -> None:
    response = gateway.to_response(
        {
            "statusCode": "201",
            "headers": {"X-Count": 3, "Flag": True, "Content-Type": "application/json", "Content-Length": "999"},
            "cookies": ["a=1", "b=2"],
            "body": "ü",
        }
    )
    assert response.status == 201
    assert response.headers == (
        ("content-type", "application/json"),
        ("x-count", "3"),
        ("flag", "true"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    )
    assert response.body == "ü".encode()


def test_response_that_is_encoded_is_decoded() -> None:
    assert gateway.to_response({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}).body == b"\x00\xff"


def test_response_without_a_status_is_itself_the_body() -> None:
    response = gateway.to_response({"hello": 1})
    assert (response.status, response.body) == (200, b'{"hello": 1}')


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "good"},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "&", "isBase64Encoded": True},
        {"statusCode": 200, "headers": {"a": "b\r\nset-cookie: c"}},
        {"statusCode": 200, "headers": ["a"]},
    ],
)
def test_response_that_makes_no_sense_is_a_500(result: object) -> None:
    assert gateway.to_response(result) == gateway.FAILED
