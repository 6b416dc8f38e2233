"""ShipEngine's control plane, as a client of the vendor sees it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.api.app import build_app
from functions.api.routes import GROUPS
from tests.functional.client import Api
from tests.functional.deployment import Deployment

PATH = "/v1/environment/webhooks"
WEBHOOK = {"event": "track", "url": "https://example.com/hook"}
EVENTS = (
    "batch",
    "carrier_connected",
    "order_source_refresh_complete",
    "rate",
    "report_complete",
    "sales_orders_imported",
    "track",
)


def created(api: Api, **members: Any) -> dict[str, Any]:
    answer = api.post(PATH, WEBHOOK | members)
    assert answer.status == 200, answer.text
    webhook: dict[str, Any] = answer.json
    return webhook


@pytest.mark.parametrize("event", EVENTS)
def test_webhook_is_created_for_every_event(api: Api, event: str) -> None:
    answer = api.post(PATH, {"event": event, "url": "https://example.com/hook"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {"webhook_id": answer.json["webhook_id"], "url": "https://example.com/hook", "event": event}


def test_webhooks_are_listed_as_a_bare_array_oldest_first(api: Api, deployment: Deployment) -> None:
    assert api.get(PATH).json == []
    made = []
    for event in ("track", "batch", "rate"):
        deployment.clock.forward(seconds=1)
        made.append(created(api, event=event))
    answer = api.get(PATH)
    assert answer.status == 200
    assert answer.json == made


def test_webhook_is_shown_unwrapped(api: Api) -> None:
    webhook = created(api)
    answer = api.get(f"{PATH}/{webhook['webhook_id']}")
    assert (answer.status, answer.json) == (200, webhook)


def test_update_answers_204_without_a_body_and_keeps_the_event(api: Api) -> None:
    webhook = created(api)
    path = f"{PATH}/{webhook['webhook_id']}"
    answer = api.call("PUT", path, {"url": "https://example.com/new", "event": "batch"})
    assert (answer.status, answer.text) == (204, "")
    assert api.get(path).json == webhook | {"url": "https://example.com/new"}


def test_delete_answers_204_without_a_body_and_frees_the_event(api: Api) -> None:
    webhook = created(api)
    path = f"{PATH}/{webhook['webhook_id']}"
    answer = api.call("DELETE", path)
    assert (answer.status, answer.text) == (204, "")
    assert api.get(path).status == 404
    assert api.call("DELETE", path).status == 404
    assert created(api)["webhook_id"] != webhook["webhook_id"]


def test_headers_name_and_store_id_are_kept_as_given(api: Api) -> None:
    extra = {"headers": [{"key": "X-Shop", "value": "a b"}], "name": "My häwk", "store_id": 123456}
    webhook = created(api, **extra)
    path = f"{PATH}/{webhook['webhook_id']}"
    assert webhook == {"webhook_id": webhook["webhook_id"], **WEBHOOK, **extra}
    api.call("PUT", path, {"url": "https://example.com/new"})
    assert api.get(path).json == webhook | {"url": "https://example.com/new"}
    api.call("PUT", path, {"url": "https://example.com/new", "headers": [], "name": "Other"})
    kept = {name: value for name, value in webhook.items() if name != "headers"}
    assert api.get(path).json == kept | {"url": "https://example.com/new", "name": "Other"}


def test_members_that_the_vendor_does_not_know_are_ignored(api: Api) -> None:
    webhook = created(api, colour="red", nested={"a": [1, 2]})
    assert set(webhook) == {"webhook_id", "url", "event"}
    answer = api.call("PUT", f"{PATH}/{webhook['webhook_id']}", {"url": "https://example.com/2", "x": None})
    assert answer.status == 204


def test_second_webhook_for_an_event_is_a_conflict(api: Api) -> None:
    created(api)
    answer = api.post(PATH, WEBHOOK | {"url": "https://example.com/other"})
    assert answer.status == 409
    assert answer.json["errors"][0]["error_code"] == "webhook_event_type_conflict"
    assert len(api.get(PATH).json) == 1


def test_of_100_concurrent_creates_one_succeeds(deployment: Deployment, api: Api) -> None:
    # A resolver serves one request at a time, as a Lambda does: so many of them, as many Lambdas.
    callers = [Api(build_app(deployment.services, GROUPS), api.key) for _ in range(10)]

    def statuses(caller: Api) -> list[int]:
        return [caller.post(PATH, WEBHOOK).status for _ in range(10)]

    with ThreadPoolExecutor(10) as threads:
        found = [status for part in threads.map(statuses, callers) for status in part]
    assert sorted(found) == [200] + [409] * 99
    assert len(api.get(PATH).json) == 1


def test_webhook_of_another_account_does_not_exist(deployment: Deployment, api: Api) -> None:
    webhook, stranger = created(api), deployment.caller()
    path = f"{PATH}/{webhook['webhook_id']}"
    answers = [
        stranger.get(path),
        stranger.call("PUT", path, {"url": "https://example.com/x"}),
        stranger.call("DELETE", path),
    ]
    assert [answer.status for answer in answers] == [404, 404, 404]
    assert stranger.get(PATH).json == []
    assert api.get(path).json == webhook


def test_switched_off_webhook_is_still_listed(api: Api) -> None:
    webhook = created(api)
    assert api.call("PATCH", f"/v1/subscriptions/{webhook['webhook_id']}", {"enabled": False}).status == 200
    assert api.get(PATH).json == [webhook]


@pytest.mark.parametrize("name", ["api-key", "API-Key", "Api-Key"])
def test_key_is_found_in_its_header_in_any_case(api: Api, name: str) -> None:
    assert api.key is not None
    assert api.with_headers(**{name: api.key}).get(PATH).status == 200


@pytest.mark.parametrize("event", [{"body": "[1"}, {"body": None}])
def test_each_answer_names_its_request_in_its_headers(api: Api, event: dict[str, Any]) -> None:
    answer = api.post(PATH, raw=(event["body"] or "").encode())
    assert answer.headers["request-id"] == answer.headers["x-shipengine-requestid"] == answer.json["request_id"]
    assert api.post(PATH, raw=b"").json["request_id"] != answer.json["request_id"]
