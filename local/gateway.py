"""What API Gateway's HTTP API makes of a request for a function (payload format 2.0), and of the function's answer."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from local.layout import AWS_ACCOUNT
from local.messages import Request, Response, json_response

Event = dict[str, Any]

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of a request's body that API Gateway takes."""
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
TOO_LARGE = json_response(413, '{"message":"Request Entity Too Large"}')
NOT_FOUND = json_response(404, '{"message":"Not Found"}')
FAILED = json_response(500, '{"message":"Internal Server Error"}')
# Neither says when to come back: API Gateway has no `Retry-After`.
TOO_MANY = json_response(429, '{"message":"Too Many Requests"}')
UNAVAILABLE = json_response(503, '{"message":"Service Unavailable"}')
LONGEST_SECONDS = 30.0
"""What API Gateway waits for a function. The function goes on, and nobody hears what it answers."""

_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})
_NOT_PASSED_ON = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "date"})
_BAD_HEADER = re.compile(r"[\r\n\0]")


def to_event(request: Request, *, request_id: str, now: datetime) -> Event:
    """The event that a function sees."""
    headers = request.joined_headers()
    cookies = [part for part in re.split(r";\s*", headers.pop("cookie", "")) if part]
    body, encoded = _event_body(request.body, headers.get("content-type", ""))
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers | {"x-forwarded-for": request.client, "x-forwarded-proto": "http"},
        "requestContext": _context(request, headers, request_id=request_id, now=now),
        "isBase64Encoded": encoded,
    }
    optional = {"cookies": cookies, "queryStringParameters": _query_parameters(request.query), "body": body}
    return event | {name: value for name, value in optional.items() if value}


def _context(request: Request, headers: dict[str, str], *, request_id: str, now: datetime) -> Event:
    domain = headers.get("host", "localhost").rsplit(":", 1)[0]
    return {
        "accountId": AWS_ACCOUNT,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.split(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.protocol,
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S %z"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _event_body(body: bytes, content_type: str) -> tuple[str, bool]:
    media_type = content_type.split(";")[0].strip().lower()
    # As on AWS everything else is binary, a form and a missing type too.
    if not body or media_type.startswith("text/") or media_type in _TEXT_TYPES:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _query_parameters(query: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def to_response(result: object) -> Response:
    """The HTTP response for what a function returned. An answer that makes no sense becomes a 500."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return json_response(200, json.dumps(result))
    try:
        return Response(
            status=_status(result["statusCode"]), headers=tuple(_headers(result)), body=_response_body(result)
        )
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return FAILED


def _status(value: object) -> int:
    status = int(str(value))
    if not 100 <= status <= 599:
        raise ValueError("not an HTTP status")
    return status


def _headers(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    given = {str(name).lower(): _text(value) for name, value in (result.get("headers") or {}).items()}
    for name, value in ({"content-type": "text/plain; charset=utf-8"} | given).items():
        if _BAD_HEADER.search(name + value):
            raise ValueError("a header has a line break")
        if name not in _NOT_PASSED_ON:
            yield name, value
    for cookie in result.get("cookies") or ():
        yield "set-cookie", _text(cookie)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _response_body(result: dict[str, Any]) -> bytes:
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise TypeError("a body must be text")
    return base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()
