"""Our other routes: subscriptions of all dialects, the catalogue, health, keys, and what does not exist."""

import base64
from datetime import timedelta

import pytest

from parcelhook.clock import to_text
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.storage import keys
from tests.fakes import START, throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment
from tests.functional.test_publishing import problem

PATH = "/v1/subscriptions"


def created(api: Api, event: str = "track") -> str:
    """The id of a new webhook."""
    webhook = {"event": event, "url": "https://example.com/hook"}
    webhook_id: str = api.post("/v1/environment/webhooks", webhook).json["webhook_id"]
    return webhook_id


def test_subscription_is_listed_and_shown_in_one_form(api: Api) -> None:
    subscription_id = created(api)
    shown = api.get(f"{PATH}/{subscription_id}").json
    assert api.get(PATH).json == {"subscriptions": [shown]}
    expected = {
        "id": subscription_id,
        "dialect": "shipengine",
        "event": "track",
        "event_types": ["tracking.updated"],
        "mode": "live",
        "url": "https://example.com/hook",
        "enabled": True,
        "created_at": to_text(START),
        "updated_at": to_text(START),
    }
    assert {name: shown[name] for name in expected} == expected


def test_subscription_is_switched_off_and_on_without_losing_its_url(api: Api, deployment: Deployment) -> None:
    path = f"{PATH}/{created(api)}"
    for enabled in (False, True):
        deployment.clock.forward(seconds=1)
        answer = api.call("PATCH", path, {"enabled": enabled})
        assert answer.status == 200
        assert answer.json["enabled"] is enabled
        assert answer.json["url"] == "https://example.com/hook"
        assert answer.json["updated_at"] == to_text(deployment.clock.now())
        assert api.get(path).json == answer.json


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"enabled": "false"}, ["/enabled"]),
        ({"enabled": 0}, ["/enabled"]),
        ({"enabled": True, "colour": "red"}, ["/colour"]),
    ],
    ids=str,
)
def test_wrong_or_unknown_member_of_a_change_is_pointed_at(
    api: Api, body: dict[str, object], pointers: list[str]
) -> None:
    assert problem(api.call("PATCH", f"{PATH}/{created(api)}", body), 422) == pointers


@pytest.mark.parametrize("raw", [b"", b"[]", b"{"])
def test_change_that_cannot_be_read_is_malformed(api: Api, raw: bytes) -> None:
    problem(api.call("PATCH", f"{PATH}/{created(api)}", raw=raw), 400)


def test_subscription_of_another_account_or_mode_does_not_exist(api: Api, sandbox: Api, deployment: Deployment) -> None:
    path = f"{PATH}/{created(api)}"
    for stranger in (deployment.caller(), sandbox):
        for method, end in (("GET", ""), ("PATCH", ""), ("GET", "/secret"), ("POST", "/rotate-secret")):
            problem(stranger.call(method, path + end, {"enabled": False}), 404)
        assert stranger.get(PATH).json == {"subscriptions": []}
    assert api.get(path).json["enabled"] is True


@pytest.mark.parametrize("subscription_id", ["x", "se-", "se-unknown", "x" * 3000, "se-" + "x" * 3000])
def test_unknown_or_badly_formed_id_is_not_found(api: Api, subscription_id: str) -> None:
    problem(api.get(f"{PATH}/{subscription_id}"), 404)


def test_secret_is_as_standard_webhooks_libraries_take_it(api: Api) -> None:
    answer = api.get(f"{PATH}/{created(api)}/secret")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["version"] == 1
    assert answer.json["secret"].startswith("whsec_")
    assert len(base64.b64decode(answer.json["secret"].removeprefix("whsec_"))) == 32


def test_each_subscription_has_a_secret_of_its_own(api: Api) -> None:
    secrets = {api.get(f"{PATH}/{created(api, event)}/secret").json["secret"] for event in ("track", "batch")}
    assert len(secrets) == 2


def test_rotation_answers_the_new_secret_and_how_long_the_old_one_signs(api: Api) -> None:
    path = f"{PATH}/{created(api)}"
    before = api.get(f"{path}/secret").json["secret"]
    answer = api.post(f"{path}/rotate-secret")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["secret"] != before
    assert answer.json["previous_signs_until"] == to_text(START + timedelta(hours=24))
    assert api.get(f"{path}/secret").json == {"secret": answer.json["secret"], "version": 2}


def test_rotation_that_finds_the_secret_rotated_meanwhile_answers_that_one(api: Api, deployment: Deployment) -> None:
    path = f"{PATH}/{created(api)}"
    deployment.dynamodb.repeat("update_item")
    answer = api.post(f"{path}/rotate-secret")
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert answer.json["previous_signs_until"] == to_text(START + timedelta(hours=24))
    assert api.get(f"{path}/secret").json == {"secret": answer.json["secret"], "version": 2}


def test_secrets_are_in_no_table(api: Api, deployment: Deployment) -> None:
    subscription_id = created(api)
    secret = api.get(f"{PATH}/{subscription_id}/secret").json["secret"]
    stored = deployment.services.registry.table.get(
        keys.subscription(api.account_id, Mode.LIVE, EventType.TRACKING_UPDATED, "shipengine")
    )
    assert stored is not None
    assert secret not in str(stored)


def test_throttled_change_is_an_honest_503_and_changes_nothing(api: Api, deployment: Deployment) -> None:
    path = f"{PATH}/{created(api)}"
    deployment.dynamodb.fail("update_item", throttled("UpdateItem"))
    answer = api.call("PATCH", path, {"enabled": False})
    problem(answer, 503)
    assert int(answer.headers["retry-after"]) >= 1
    assert api.get(path).json["enabled"] is True


def test_event_types_are_told_to_everybody_with_schema_sample_and_payloads(api: Api) -> None:
    answer = api.with_key(None).get("/v1/event-types")
    assert answer.status == 200
    told = {each["type"]: each for each in answer.json["event_types"]}
    assert set(told) == set(EventType)
    for each in told.values():
        assert each["description"]
        assert each["schema"]["$schema"].endswith("2020-12/schema")
        assert each["sample"]
    track = told["tracking.updated"]["dialects"]["shipengine"]
    assert track["event"] == "track"
    assert track["body"]["resource_type"] == "API_TRACK"


def test_health_is_told_to_head_without_a_body(api: Api) -> None:
    answer = api.with_key(None).call("HEAD", "/healthz")
    assert (answer.status, answer.text) == (200, "")


def test_health_is_told_to_everybody(api: Api, deployment: Deployment) -> None:
    deployment.dynamodb.calls.clear()
    answer = api.with_key(None).get("/healthz")
    assert (answer.status, answer.json["status"]) == (200, "ok")
    assert deployment.dynamodb.calls == []


def test_jwks_has_the_rsa_key_alone_and_not_its_private_half(api: Api) -> None:
    answer = api.with_key(None).get("/jwks")
    assert answer.status == 200
    assert set(answer.json) == {"keys"}
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert key["kty"] == "RSA"


@pytest.mark.parametrize("path", ["/v1", "/v1/environment", "/v1/eventz", "/v1/subscriptions/a/b", "/é", "//"])
def test_unknown_route_is_not_found(api: Api, path: str) -> None:
    problem(api.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/events", "GET, POST"),
        ("PUT", "/healthz", "GET"),
        ("OPTIONS", "/jwks", "GET"),
        ("POST", "/v1/subscriptions/se-1", "DELETE, GET, PATCH"),
        ("GET", "/v1/subscriptions/se-1/rotate-secret", "POST"),
    ],
)
def test_wrong_verb_is_told_which_are_right(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.call(method, path)
    problem(answer, 405)
    assert set(allowed.split(", ")) <= set(answer.headers["allow"].split(", "))
    assert method not in answer.headers["allow"].split(", ")
