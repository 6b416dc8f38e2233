"""Calls the api as API Gateway's HTTP API does: with events of payload format 2.0.

Each answer that any test gets is held against the OpenAPI document.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from tests.api_calls import Answered
from tests.functional.documented import check_answer

Resolve = Callable[[dict[str, Any], Any], dict[str, Any]]

NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Api:
    """The api as one caller sees it, whose key is in ShipEngine's header."""

    resolve: Resolve
    key: str | None
    account_id: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Headers that go with each call."""

    def with_key(self, key: str | None) -> "Api":
        return replace(self, key=key)

    def with_headers(self, **headers: str) -> "Api":
        """The same caller without the key, and with headers of its own."""
        return replace(self, key=None, extra={name.replace("_", "-"): value for name, value in headers.items()})

    def call(
        self, method: str, path: str, body: Any = NOTHING, *, raw: bytes = b"", query: Mapping[str, str] | None = None
    ) -> Answered:
        """One request, with `body` as JSON or with the bytes of `raw`. The answer's header names are in lower case."""
        content = raw if body is NOTHING else json.dumps(body).encode()
        headers = dict(self.extra) | ({"api-key": self.key} if self.key else {})
        result = self.resolve(to_event(method, path, content, headers, query or {}), object())
        text = result.get("body") or ""
        text = base64.b64decode(text).decode() if result["isBase64Encoded"] else text
        answer = Answered(
            result["statusCode"], {name.lower(): value for name, value in result["headers"].items()}, text
        )
        check_answer(method, path, answer.status, answer.headers, text)
        return answer

    def get(self, path: str, **query: str) -> Answered:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any = NOTHING, *, raw: bytes = b"") -> Answered:
        return self.call("POST", path, body, raw=raw)


def to_event(
    method: str, path: str, content: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> dict[str, Any]:
    """The event that API Gateway makes of a request."""
    body, is_base64 = _body(content)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "headers": {"content-type": "application/json", "host": "abc.execute-api.us-east-1.amazonaws.com", **headers},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abc",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.7",
                "userAgent": "test",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Jan/2026:20:00:00 +0000",
            "timeEpoch": 1767384000000,
        },
        "isBase64Encoded": is_base64,
    }
    optional = {"body": body, "queryStringParameters": dict(query)}
    return event | {name: value for name, value in optional.items() if value}


def _body(content: bytes) -> tuple[str, bool]:
    try:
        return content.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(content).decode(), True
