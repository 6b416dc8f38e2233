"""Shippo's `/webhooks`: what its clients and guides say of bodies, answers, lists and tokens."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from parcelhook.clock import to_text
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from tests.functional.client import Api
from tests.functional.deployment import Deployment
from tests.functional.shippo.conftest import as_shippo

URL = "https://hooks.example.com/shippo"
BODY = {"event": "track_updated", "url": URL, "active": True, "is_test": False}
FORM = {"content_type": "application/x-www-form-urlencoded"}
PATHS = ("/webhooks", "/webhooks/", "/v1/webhooks", "/v1/webhooks/")


def created(api: Api, **members: Any) -> dict[str, Any]:
    answer = api.post("/webhooks", BODY | members)
    assert answer.status == 201, answer.text
    webhook: dict[str, Any] = answer.json
    return webhook


def post_form(api: Api, form: dict[str, str], path: str = "/webhooks/") -> Any:
    authorization = api.extra["authorization"]
    return api.with_headers(authorization=authorization, **FORM).post(path, raw=urlencode(form).encode())


def test_created_webhook_has_the_vendors_members(shippo: Api, deployment: Deployment) -> None:
    webhook = created(shippo)
    now = to_text(deployment.clock.now())
    assert re.fullmatch("[0-9a-f]{32}", webhook.pop("object_id"))
    assert webhook == BODY | {"object_owner": shippo.account_id, "object_created": now, "object_updated": now}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_and_its_slash_serve_every_call(shippo: Api, path: str) -> None:
    webhook = shippo.post(path, BODY).json
    slash = "/" if path.endswith("/") else ""
    one = f"{path.rstrip('/')}/{webhook['object_id']}{slash}"
    assert shippo.get(path).json["results"] == [webhook]
    assert shippo.get(one).json == webhook
    assert shippo.call("PUT", one, BODY | {"url": f"{URL}/2"}).json["url"] == f"{URL}/2"
    deleted = shippo.call("DELETE", one)
    assert (deleted.status, deleted.text) == (204, "")
    assert shippo.get(one).status == 404


def test_active_and_is_test_have_defaults(shippo: Api) -> None:
    webhook = shippo.post("/webhooks", {"event": "all", "url": URL}).json
    assert (webhook["active"], webhook["is_test"]) == (True, False)


@pytest.mark.parametrize(("text", "active"), [("true", True), ("True", True), ("false", False), ("False", False)])
def test_form_is_read_as_json_is(shippo: Api, text: str, active: bool) -> None:
    answer = post_form(shippo, {"event": "batch_created", "url": f"{URL}?a=1&b=ü", "active": text, "is_test": "false"})
    assert answer.status == 201
    assert (answer.json["url"], answer.json["active"]) == (f"{URL}?a=1&b=ü", active)


@pytest.mark.parametrize("value", ["true", "True", True, "false", False, None])
def test_test_token_has_test_webhooks_whatever_the_body_says(shippo_test: Api, value: object) -> None:
    assert created(shippo_test, is_test=value)["is_test"] is True


@pytest.mark.parametrize("value", ["true", "True", True])
def test_live_token_cannot_have_test_webhooks(shippo: Api, value: object) -> None:
    answer = shippo.post("/webhooks", BODY | {"is_test": value})
    assert answer.status == 400
    assert list(answer.json) == ["is_test"]


def test_tokens_of_one_mode_do_not_see_the_other(shippo: Api, shippo_test: Api) -> None:
    webhook = created(shippo_test)
    assert shippo.get("/webhooks").json["results"] == []
    assert shippo.get(f"/webhooks/{webhook['object_id']}").status == 404
    assert shippo_test.get(f"/webhooks/{webhook['object_id']}").status == 200


def test_one_event_may_have_many_webhooks(shippo: Api) -> None:
    ids = [created(shippo)["object_id"] for _ in range(3)]
    assert {each["object_id"] for each in shippo.get("/webhooks").json["results"]} == set(ids)
    assert len(set(ids)) == 3


@pytest.mark.parametrize(("length", "status"), [(199, 201), (200, 400)])
def test_url_must_have_less_than_200_characters(shippo: Api, length: int, status: int) -> None:
    answer = shippo.post("/webhooks", BODY | {"url": URL.ljust(length, "x")})
    assert answer.status == status
    if status == 400:
        assert answer.json == {"url": ["Ensure this field has no more than 199 characters."]}


def test_change_of_the_event_moves_the_webhook(shippo: Api, deployment: Deployment) -> None:
    webhook = created(shippo)
    path = f"/webhooks/{webhook['object_id']}"
    registry = deployment.services.registry

    def subscribed() -> set[EventType]:
        return {each for each in EventType if registry.matching(shippo.account_id, Mode.LIVE, each)}

    deployment.clock.forward(seconds=5)
    changed = shippo.call("PUT", path, BODY | {"event": "all", "active": False}).json
    assert changed == webhook | {
        "event": "all",
        "active": False,
        "object_updated": to_text(deployment.clock.now()),
    }
    assert len(subscribed()) == 5
    assert shippo.call("PUT", path, BODY | {"event": "transaction_created"}).json["event"] == "transaction_created"
    assert subscribed() == {EventType.TRANSACTION_CREATED}
    assert len(shippo.get("/webhooks").json["results"]) == 1
    shippo.call("DELETE", path)
    assert subscribed() == set()


def test_what_a_change_does_not_say_stays(shippo: Api) -> None:
    webhook = created(shippo, event="all", active=False)
    path = f"/v1/webhooks/{webhook['object_id']}"
    assert shippo.call("PUT", path, {"url": f"{URL}/2"}).json == webhook | {"url": f"{URL}/2"}
    assert shippo.call("PUT", path, {}).json["active"] is False
    assert shippo.call("PUT", path, {"active": "true"}).json["active"] is True


def test_inactive_webhook_is_switched_off_in_our_own_routes_too(shippo: Api) -> None:
    webhook = created(shippo, active=False)
    own = f"/v1/subscriptions/{webhook['object_id']}"
    assert shippo.get(own).json["enabled"] is False
    shippo.call("PATCH", own, {"enabled": True})
    assert shippo.get(f"/webhooks/{webhook['object_id']}").json["active"] is True


def test_wished_version_is_kept(shippo: Api, deployment: Deployment) -> None:
    caller = shippo.with_headers(authorization=shippo.extra["authorization"], Shippo_API_Version="2026-01-01")
    webhook_id = created(caller)["object_id"]
    (row,) = deployment.services.registry.subscriptions(shippo.account_id, Mode.LIVE)
    assert (row.id, row.dialect_fields) == (webhook_id, {"api_version": "2026-01-01"})


class TestPages:
    """Lists of webhooks."""

    @pytest.fixture
    def many(self, shippo: Api, deployment: Deployment) -> list[str]:
        ids = []
        for _ in range(27):
            deployment.clock.forward(seconds=1)
            ids.append(created(shippo)["object_id"])
        return ids

    def test_neighbours_lead_through_the_whole_list(self, shippo: Api, many: list[str]) -> None:
        seen, query = [], {"results": "10"}
        while query:
            page = shippo.get("/webhooks", **query).json
            assert page["count"] == 27
            seen += [each["object_id"] for each in page["results"]]
            url = urlsplit(page.get("next", ""))
            query = dict(parse_qsl(url.query))
            assert not query or url.path == "/webhooks"
        assert seen == many

    def test_page_has_25_unless_asked(self, shippo: Api, many: list[str]) -> None:
        page = shippo.get("/webhooks").json
        assert len(page["results"]) == 25
        assert page["next"] == "https://abc.execute-api.us-east-1.amazonaws.com/webhooks?page=2"
        last = shippo.get("/webhooks", page="2").json
        assert len(last["results"]) == 2
        assert last["previous"].endswith("/webhooks?page=1")
        assert "next" not in last
        assert len(shippo.get("/webhooks", results="1000").json["results"]) == 27

    def test_neighbours_have_the_callers_scheme_and_host(self, shippo: Api, many: list[str]) -> None:
        headers = {"host": "localhost:8000", "x_forwarded_proto": "http"}
        caller = shippo.with_headers(authorization=shippo.extra["authorization"], **headers)
        page = caller.get("/v1/webhooks/", page="2", results="9").json
        assert page["next"] == "http://localhost:8000/v1/webhooks/?page=3&results=9"
        assert page["previous"] == "http://localhost:8000/v1/webhooks/?page=1&results=9"

    @pytest.mark.parametrize("page", ["0", "-1", "3", "x", "", "99999999999999999999"])
    def test_page_that_does_not_exist_is_not_found(self, shippo: Api, many: list[str], page: str) -> None:
        assert shippo.get("/webhooks", page=page).status == 404

    def test_empty_list_is_a_page_without_neighbours(self, shippo: Api) -> None:
        assert shippo.get("/webhooks").json == {"count": 0, "results": []}

    @pytest.mark.parametrize("results", ["0", "x", "-5", ""])
    def test_page_size_that_makes_no_sense_is_the_default(self, shippo: Api, results: str) -> None:
        assert shippo.get("/webhooks", results=results).status == 200


def test_bearer_is_accepted_too(deployment: Deployment) -> None:
    caller = deployment.caller()
    assert caller.with_headers(authorization=f"bearer {caller.key}").get("/webhooks").status == 200


def test_another_accounts_webhook_is_not_found(shippo: Api, deployment: Deployment) -> None:
    path = f"/webhooks/{created(shippo)['object_id']}"
    other = as_shippo(deployment, Mode.LIVE)
    for method in ("GET", "PUT", "DELETE"):
        assert other.call(method, path, BODY).status == 404
    assert shippo.get(path).status == 200
