"""Shippo's errors, in Django REST's words."""

from typing import Any

import pytest

from tests.fakes import throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment

BODY = {"event": "track_updated", "url": "https://hooks.example.com/shippo"}


def refused(api: Api, **members: Any) -> dict[str, list[str]]:
    """What is said of a body with these members."""
    answer = api.post("/webhooks", BODY | members)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/json")
    messages: dict[str, list[str]] = answer.json
    return messages


@pytest.mark.parametrize("headers", [{}, {"authorization": "Token abc"}, {"authorization": "ShippoToken"}])
def test_call_without_a_token(shippo: Api, headers: dict[str, str]) -> None:
    answer = shippo.with_headers(**headers).get("/webhooks")
    assert (answer.status, answer.headers["content-type"]) == (401, "application/json")
    assert answer.json == {"detail": "Authentication credentials were not provided."}


def test_call_with_an_unknown_token(shippo: Api) -> None:
    answer = shippo.with_headers(authorization="ShippoToken shippo_live_unknown").post("/webhooks", BODY)
    assert (answer.status, answer.json) == (401, {"detail": "Token does not exist"})


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("event", None, "This field is required."),
        ("event", "track", '"track" is not a valid choice.'),
        ("event", 5, '"5" is not a valid choice.'),
        ("url", None, "This field is required."),
        ("url", "", "This field may not be blank."),
        ("url", 5, "Not a valid string."),
        ("active", "maybe", "Must be a valid boolean."),
        ("active", [], "Must be a valid boolean."),
        ("is_test", 7, "Must be a valid boolean."),
    ],
)
def test_member_that_is_not_accepted(shippo: Api, member: str, value: object, message: str) -> None:
    assert refused(shippo, **{member: value}) == {member: [message]}


@pytest.mark.parametrize(
    "url", ["http://example.com", "example.com", "https://10.0.0.1/", "https://private.example.com"]
)
def test_url_that_may_not_be_an_endpoint(shippo: Api, url: str) -> None:
    assert list(refused(shippo, url=url)) == ["url"]


def test_all_that_is_wrong_is_said_at_once(shippo: Api) -> None:
    assert shippo.post("/webhooks", {"active": "x"}).json.keys() == {"event", "url", "active"}
    assert shippo.post("/webhooks").json.keys() == {"event", "url"}


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"text"', b"\xff"])
def test_body_that_is_no_json_object(shippo: Api, raw: bytes) -> None:
    answer = shippo.post("/webhooks", raw=raw)
    assert answer.status == 400
    assert answer.json.keys() == {"detail"}


@pytest.mark.parametrize("raw", ["url=ü".encode(), b"url=%FF", b"&".join(b"a%d=1" % each for each in range(200))])
def test_form_that_cannot_be_read(shippo: Api, raw: bytes) -> None:
    headers = {"authorization": shippo.extra["authorization"], "content_type": "application/x-www-form-urlencoded"}
    answer = shippo.with_headers(**headers).post("/webhooks/", raw=raw)
    assert (answer.status, answer.json.keys()) == (400, {"detail"})


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_body_that_is_too_large(shippo: Api, kind: str) -> None:
    headers = {"authorization": shippo.extra["authorization"], "content_type": kind}
    answer = shippo.with_headers(**headers).post("/webhooks", raw=b"a=" + b"x" * 70_000)
    assert (answer.status, answer.json.keys()) == (413, {"detail"})


def test_half_of_a_surrogate_pair(shippo: Api) -> None:
    answer = shippo.post("/webhooks", raw=b'{"event": "all", "url": "https://example.com/\\ud800"}')
    assert (answer.status, list(answer.json)) == (400, ["url"])


@pytest.mark.parametrize("webhook_id", ["0" * 32, "unknown", "se-abc", "1", "F" * 32])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_webhook(shippo: Api, method: str, webhook_id: str) -> None:
    answer = shippo.call(method, f"/webhooks/{webhook_id}", BODY)
    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("path", ["/webhooks/a/b", "/v1/webhooks/a/b/", "/tracks/a/b/c"])
def test_unknown_path(shippo: Api, path: str) -> None:
    assert shippo.get(path).json == {"detail": "Not found."}


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/webhooks"), ("POST", f"/webhooks/{'0' * 32}")])
def test_method_that_is_not_there(shippo: Api, method: str, path: str) -> None:
    answer = shippo.call(method, path, BODY)
    assert (answer.status, answer.json) == (405, {"detail": f'Method "{method}" not allowed.'})
    assert "GET" in answer.headers["allow"]


def test_aws_that_refuses(shippo: Api, deployment: Deployment) -> None:
    assert shippo.get("/webhooks").status == 200
    deployment.dynamodb.fail("put_item", throttled("PutItem"))
    answer = shippo.post("/webhooks", BODY)
    assert (answer.status, answer.json.keys()) == (503, {"detail"})
    assert answer.headers["retry-after"]


def test_fault_of_ours_tells_nothing(shippo: Api, deployment: Deployment) -> None:
    assert shippo.get("/webhooks").status == 200
    deployment.dynamodb.fail("put_item", RuntimeError("secret"))
    answer = shippo.post("/webhooks", BODY)
    assert (answer.status, answer.json) == (500, {"detail": "A server error occurred."})
