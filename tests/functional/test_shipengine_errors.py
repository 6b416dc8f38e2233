"""What ShipEngine's routes refuse, and in which words."""

import json
import uuid
from typing import Any

import pytest

from tests.api_calls import Answered
from tests.fakes import throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment

PATH = "/v1/environment/webhooks"
WEBHOOK = {"event": "track", "url": "https://example.com/hook"}


def refusal(answer: Answered, status: int, error_type: str, error_code: str) -> list[dict[str, Any]]:
    """The errors of an answer that refuses so, in ShipEngine's form and no other."""
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json
    assert set(body) == {"request_id", "errors"}
    assert uuid.UUID(body["request_id"])
    assert body["errors"]
    for error in body["errors"]:
        assert set(error) - {"field_name"} == {"error_source", "error_type", "error_code", "message"}
        assert error["error_source"] == "shipengine"
        assert (error["error_type"], error["error_code"]) == (error_type, error_code)
        assert error["message"]
    errors: list[dict[str, Any]] = body["errors"]
    return errors


def refused_fields(answer: Answered) -> list[str]:
    errors = refusal(answer, 400, "validation", "invalid_field_value")
    return [error["field_name"] for error in errors]


@pytest.mark.parametrize("key", [None, "", "live_wrong", "TEST_wrong", "ü", "a" * 5000])
def test_missing_or_wrong_key_is_unauthorized(api: Api, key: str | None) -> None:
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/se-1"), ("DELETE", f"{PATH}/x y")):
        (error,) = refusal(api.with_key(key).call(method, path, WEBHOOK), 401, "security", "unauthorized")
        assert error["message"].startswith("The API key is invalid")


def test_revoked_key_is_unauthorized(deployment: Deployment, api: Api) -> None:
    (key,) = deployment.administration.list_keys(api.account_id)
    deployment.administration.revoke_key(api.account_id, key.id)
    refusal(api.get(PATH), 401, "security", "unauthorized")


def test_key_in_another_vendors_header_is_none_here(api: Api) -> None:
    refusal(api.with_headers(authorization=f"Bearer {api.key}").get(PATH), 401, "security", "unauthorized")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/se-1"), ("PUT", f"{PATH}/se-1"), ("DELETE", f"{PATH}/se-1")],
)
def test_sandbox_key_is_forbidden(sandbox: Api, method: str, path: str) -> None:
    assert sandbox.key is not None
    assert sandbox.key.startswith("TEST_")
    refusal(sandbox.call(method, path, WEBHOOK), 403, "security", "forbidden")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        b"{",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        b'{"event": "track", "url": NaN}',
        b'{"event": "track", "url": "https://example.com/\xff"}',
        "{}".encode("utf-16"),
        b"[" * 50_000,
        b'{"event": ' + b"9" * 6000 + b"}",
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_body_that_cannot_be_read_is_refused(api: Api, raw: bytes) -> None:
    refusal(api.post(PATH, raw=raw), 400, "validation", "invalid_object")


def test_body_of_a_megabyte_is_refused(api: Api) -> None:
    raw = json.dumps(WEBHOOK | {"name": "x" * 2**20}).encode()
    refusal(api.post(PATH, raw=raw), 413, "validation", "unspecified")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["url", "event"]),
        ({"url": WEBHOOK["url"]}, ["event"]),
        ({"event": "track"}, ["url"]),
        (WEBHOOK | {"event": "nonsense"}, ["event"]),
        (WEBHOOK | {"event": "track_event_v2"}, ["event"]),
        (WEBHOOK | {"event": "Track"}, ["event"]),
        (WEBHOOK | {"event": None}, ["event"]),
        (WEBHOOK | {"event": ["track"]}, ["event"]),
        (WEBHOOK | {"url": 1}, ["url"]),
        (WEBHOOK | {"url": None}, ["url"]),
        (WEBHOOK | {"name": 1}, ["name"]),
        (WEBHOOK | {"name": "x" * 201}, ["name"]),
        (WEBHOOK | {"headers": {}}, ["headers"]),
        (WEBHOOK | {"headers": [{"key": "a"}]}, ["headers.0.value"]),
        (WEBHOOK | {"headers": [{"key": "Host", "value": "x"}]}, ["headers.0.key"]),
        (WEBHOOK | {"headers": [{"key": "a", "value": "x\r\ny: z"}]}, ["headers.0.value"]),
        (WEBHOOK | {"headers": [{"key": "a", "value": "b"}] * 11}, ["headers"]),
        (WEBHOOK | {"store_id": 10**40}, ["store_id"]),
        (WEBHOOK | {"store_id": True}, ["store_id"]),
        (WEBHOOK | {"store_id": 1.5}, ["store_id"]),
        (WEBHOOK | {"store_id": "x" * 201}, ["store_id"]),
        (WEBHOOK | {"name": "\ud800"}, ["name"]),
    ],
    ids=str,
)
def test_wrong_or_missing_member_is_named(api: Api, body: dict[str, Any], fields: list[str]) -> None:
    assert refused_fields(api.post(PATH, body)) == fields
    assert api.get(PATH).json == []


HOSTILE_URLS = [
    "http://example.com/hook",
    "ftp://example.com/hook",
    "javascript:alert(1)",
    "//example.com/hook",
    "/hook",
    "example.com/hook",
    "",
    "https://",
    "https:///hook",
    "https://user:secret@example.com/hook",
    "https://user@example.com/hook",
    "https://localhost/hook",
    "https://hook.localhost/",
    "https://intranet/hook",
    "https://10.0.0.1/hook",
    "https://127.0.0.1:9001/2018-06-01/runtime",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/hook",
    "https://[::ffff:10.0.0.1]/hook",
    "https://0x7f000001/hook",
    "https://127.1/hook",
    "https://2130706433/hook",
    "https://example.com:22/hook",
    "https://private.example.com/hook",
    "https://half.example.com/hook",
    "https://example.com/a b",
    "https://example.com/\nhook",
    "https://example.com/\x00",
    "https://example.com/\x7f",
    "https://example.com/\\hook",
    "https://exa mple.com/",
    "https://[bad/",
    "https://example.com/" + "a" * 10_000,
]


@pytest.mark.parametrize("url", HOSTILE_URLS, ids=lambda url: ascii(url)[1:60])
def test_url_that_may_not_be_an_endpoint_is_refused(api: Api, url: str) -> None:
    assert refused_fields(api.post(PATH, WEBHOOK | {"url": url})) == ["url"]


@pytest.mark.parametrize("url", HOSTILE_URLS[::8], ids=lambda url: ascii(url)[1:60])
def test_url_that_may_not_be_an_endpoint_is_refused_for_an_update_too(api: Api, url: str) -> None:
    webhook = api.post(PATH, WEBHOOK).json
    path = f"{PATH}/{webhook['webhook_id']}"
    assert refused_fields(api.call("PUT", path, {"url": url})) == ["url"]
    assert api.get(path).json == webhook


def test_update_without_a_url_is_refused(api: Api) -> None:
    webhook = api.post(PATH, WEBHOOK).json
    assert refused_fields(api.call("PUT", f"{PATH}/{webhook['webhook_id']}", {})) == ["url"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("webhook_id", ["se-0000000000", "se-1"])
def test_unknown_id_is_not_found(api: Api, method: str, webhook_id: str) -> None:
    answer = api.call(method, f"{PATH}/{webhook_id}", {"url": "https://example.com/"})
    refusal(answer, 404, "business_rules", "unspecified")


@pytest.mark.parametrize("webhook_id", ["x", "1", "se-", "SE-1", "se-A", "se_1", "é", "se-" + "1" * 99])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_badly_formed_id_is_a_bad_request(api: Api, method: str, webhook_id: str) -> None:
    answer = api.call(method, f"{PATH}/{webhook_id}", {"url": "https://example.com/"})
    refusal(answer, 400, "business_rules", "unspecified")


@pytest.mark.parametrize(
    "path", ["/v1/environment/", "/v1/environment/nothing", f"{PATH}/se-1/more", f"{PATH}//", "/v1/environment/é"]
)
def test_unknown_route_is_not_found_in_the_dialect(api: Api, path: str) -> None:
    refusal(api.get(path), 404, "business_rules", "unspecified")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", PATH, "GET, POST"),
        ("DELETE", PATH, "GET, POST"),
        ("HEAD", PATH, "GET, POST"),
        ("OPTIONS", PATH, "GET, POST"),
        ("POST", f"{PATH}/se-1", "DELETE, GET, PUT"),
        ("PATCH", f"{PATH}/se-1", "DELETE, GET, PUT"),
    ],
)
def test_wrong_verb_is_told_which_are_right(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.call(method, path, WEBHOOK)
    refusal(answer, 405, "validation", "unspecified")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", PATH, "batch_get_item"),
        ("POST", PATH, "put_item"),
        ("GET", "", "batch_get_item"),
        ("PUT", "", "update_item"),
        ("DELETE", "", "delete_item"),
    ],
)
def test_throttled_dynamodb_is_an_honest_503(
    deployment: Deployment, api: Api, method: str, path: str, operation: str
) -> None:
    webhook = api.post(PATH, WEBHOOK).json
    deployment.dynamodb.fail(operation, throttled(operation))
    answer = api.call(method, path or f"{PATH}/{webhook['webhook_id']}", {"event": "batch", "url": "https://a.com/"})
    refusal(answer, 503, "system", "unspecified")
    assert int(answer.headers["retry-after"]) >= 1
    assert api.get(PATH).json == [webhook]


def test_throttled_key_lookup_is_a_503_and_not_a_401(deployment: Deployment, api: Api) -> None:
    deployment.dynamodb.fail("get_item", throttled("GetItem"))
    refusal(api.get(PATH), 503, "system", "unspecified")


def test_fault_of_ours_tells_nothing_of_itself(deployment: Deployment, api: Api) -> None:
    deployment.dynamodb.fail("batch_get_item", ZeroDivisionError("secret detail"))
    answer = api.get(PATH)
    refusal(answer, 500, "system", "unspecified")
    assert "secret" not in answer.text
