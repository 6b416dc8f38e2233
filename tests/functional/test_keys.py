"""Who calls, and the API keys of the caller's account."""

import pytest

from functions.api.routes.native.account import MOST_KEYS
from parcelhook.model.account import Mode
from tests.functional.client import Api
from tests.functional.deployment import Deployment
from tests.functional.test_publishing import problem


def test_account_is_told_with_the_key_that_asks(api: Api) -> None:
    told = api.get("/v1/account").json
    assert (told["id"], told["name"], told["mode"]) == (api.account_id, "Acme", "live")
    assert told["key"]["hint"] == f"live_…{(api.key or '')[-4:]}"
    assert told["key"]["id"] in [key["id"] for key in api.get("/v1/keys").json["keys"]]


def test_new_key_is_shown_once_and_works(api: Api) -> None:
    answer = api.post("/v1/keys", {})
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    key = answer.json
    assert api.with_key(key["key"]).get("/v1/account").json["id"] == api.account_id
    listed = api.get("/v1/keys")
    assert key["key"] not in listed.text
    assert {name: value for name, value in key.items() if name != "key"} in listed.json["keys"]


@pytest.mark.parametrize(("style", "beginning"), [("shippo", "shippo_test_"), ("ehub", "ehub_test_")])
def test_new_key_has_the_callers_mode_and_the_wished_style(sandbox: Api, style: str, beginning: str) -> None:
    key = sandbox.post("/v1/keys", {"style": style}).json
    assert key["mode"] == "test"
    assert key["key"].startswith(beginning)


@pytest.mark.parametrize(("body", "pointer"), [({"style": "x"}, "/style"), ({"mode": "live"}, "/mode")])
def test_wrong_wish_for_a_key_is_pointed_at(api: Api, body: dict[str, str], pointer: str) -> None:
    assert problem(api.post("/v1/keys", body), 422) == [pointer]
    assert len(api.get("/v1/keys").json["keys"]) == 1


def test_revoked_key_stops_within_seconds_and_stays_listed(api: Api, deployment: Deployment) -> None:
    key = api.post("/v1/keys", {}).json
    other = api.with_key(key["key"])
    assert other.get("/v1/account").status == 200
    assert api.call("DELETE", f"/v1/keys/{key['id']}").status == 204
    deployment.clock.forward(seconds=10)
    problem(other.get("/v1/account"), 401)
    revoked = next(each for each in api.get("/v1/keys").json["keys"] if each["id"] == key["id"])
    assert revoked["revoked_at"] is not None


def test_key_does_not_revoke_itself(api: Api, deployment: Deployment) -> None:
    own = api.get("/v1/account").json["key"]["id"]
    problem(api.call("DELETE", f"/v1/keys/{own}"), 409)
    deployment.clock.forward(seconds=60)
    assert api.get("/v1/account").status == 200


def test_keys_of_another_account_or_mode_do_not_exist(api: Api, deployment: Deployment) -> None:
    own = api.get("/v1/account").json["key"]["id"]
    for stranger in (deployment.caller(), deployment.caller(Mode.TEST, account_id=api.account_id)):
        assert own not in [key["id"] for key in stranger.get("/v1/keys").json["keys"]]
        problem(stranger.call("DELETE", f"/v1/keys/{own}"), 404)
    problem(api.call("DELETE", "/v1/keys/" + "x" * 3000), 404)
    assert api.get("/v1/account").status == 200


def test_there_is_an_end_to_keys_and_revoking_one_makes_room(api: Api) -> None:
    made = [api.post("/v1/keys", {}) for _ in range(MOST_KEYS - 1)]
    problem(api.post("/v1/keys", {}), 409)
    api.call("DELETE", f"/v1/keys/{made[0].json['id']}")
    assert api.post("/v1/keys", {}).status == 201
