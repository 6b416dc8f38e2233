"""Our own routes make, change and delete subscriptions of any dialect, by the rules of the vendors' routes."""

import pytest

from parcelhook.messages import RecoverMessage, decode
from parcelhook.model.account import Mode
from parcelhook.model.subscription import Health
from tests.functional.client import Api
from tests.functional.deployment import Deployment
from tests.functional.test_publishing import problem

PATH = "/v1/subscriptions"
URL = "https://example.com/hook"
EVENTS = {"shipengine": "track", "shippo": "track_updated", "ehub": "shipment_tracking"}


def wanted(dialect: str, **members: object) -> dict[str, object]:
    return {"dialect": dialect, "event": EVENTS[dialect], "url": URL} | members


def held_by_vendor(api: Api, dialect: str) -> list[str]:
    """The ids that the vendor's own list tells."""
    if dialect == "shipengine":
        return [each["webhook_id"] for each in api.get("/v1/environment/webhooks").json]
    if dialect == "shippo":
        shippo = api.with_headers(authorization=f"ShippoToken {api.key}")
        return [each["object_id"] for each in shippo.get("/webhooks").json["results"]]
    ehub = api.with_headers(authorization=f"Bearer {api.key}")
    return [str(each["id"]) for each in ehub.get("/api/v2/subscriptions").json["subscriptions"]]


@pytest.mark.parametrize("dialect", EVENTS)
def test_subscription_of_any_dialect_is_made_and_is_one_of_the_vendors_own(api: Api, dialect: str) -> None:
    answer = api.post(PATH, wanted(dialect, enabled=False, headers={"X-Shop": "7"}))
    assert answer.status == 201
    told = answer.json
    assert answer.headers["location"] == f"{PATH}/{told['id']}"
    assert (told["dialect"], told["event"], told["url"]) == (dialect, EVENTS[dialect], URL)
    assert (told["enabled"], told["headers"]) == (False, {"X-Shop": "7"})
    assert api.get(f"{PATH}/{told['id']}").json == told
    assert held_by_vendor(api, dialect) == [told["id"]]


def test_new_subscription_may_have_a_retry_policy_and_limits_of_its_own(api: Api) -> None:
    policy, limit = {"attempts": 5, "interval_seconds": 3600}, {"per_second": 5.0, "concurrency": 2}
    told = api.post(PATH, wanted("ehub", retry_policy=policy, rate_limit=limit)).json
    assert told["retry_policy"] == policy | {"is_default": False}
    assert told["rate_limit"] == limit
    assert api.get(f"{PATH}/{told['id']}").json == told


@pytest.mark.parametrize("dialect", EVENTS)
def test_deleted_subscription_is_gone_for_the_vendor_too(api: Api, dialect: str) -> None:
    path = f"{PATH}/{api.post(PATH, wanted(dialect)).json['id']}"
    assert api.call("DELETE", path).status == 204
    problem(api.get(path), 404)
    problem(api.call("DELETE", path), 404)
    assert held_by_vendor(api, dialect) == []


def test_taken_slot_is_a_conflict_that_names_who_holds_it(api: Api) -> None:
    holder = api.post(PATH, wanted("shipengine")).json["id"]
    answer = api.post(PATH, wanted("shipengine", url="https://example.com/other"))
    problem(answer, 409)
    assert answer.json["subscription_id"] == holder
    assert holder in answer.json["detail"]
    assert api.get(f"{PATH}/{holder}").json["url"] == URL


@pytest.mark.parametrize("dialect", ["shippo", "ehub"])
def test_other_dialects_have_many_for_an_event(api: Api, dialect: str) -> None:
    ids = {api.post(PATH, wanted(dialect)).json["id"] for _ in range(2)}
    assert set(held_by_vendor(api, dialect)) == ids


def test_test_mode_has_no_webhooks_of_a_vendor_without_it(sandbox: Api) -> None:
    problem(sandbox.post(PATH, wanted("shipengine")), 403)
    assert sandbox.post(PATH, wanted("shippo")).json["mode"] == "test"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/dialect", "/event", "/url"]),
        (wanted("shippo") | {"dialect": "fedex"}, ["/dialect"]),
        (wanted("shippo", event="track"), ["/event"]),
        (wanted("shippo", url="ftp://example.com"), ["/url"]),
        (wanted("shippo", url="https://private.example.com"), ["/url"]),
        (wanted("shippo", url="https://example.com/" + "x" * 200), ["/url"]),
        (wanted("ehub", event="x", url="http://10.0.0.1"), ["/event", "/url"]),
        (
            wanted("ehub", headers={"Host": "a", "a/b": "c", "x-ok": "\n"}),
            ["/headers/Host", "/headers/a~1b", "/headers/x-ok"],
        ),
        (wanted("ehub", headers={"parcelhook-test": "true"}), ["/headers/parcelhook-test"]),
        (wanted("ehub", headers={f"x-{number}": "" for number in range(11)}), ["/headers"]),
        (wanted("ehub", headers={"x-shop": 7}), ["/headers/x-shop"]),
        (wanted("ehub", retry_policy={"attempts": 11, "interval_seconds": 60}), ["/retry_policy/attempts"]),
        (wanted("ehub", rate_limit={}), ["/rate_limit"]),
        (wanted("ehub", enabled="yes", colour="red"), ["/colour", "/enabled"]),
    ],
    ids=str,
)
def test_wrong_member_of_a_new_subscription_is_pointed_at(
    api: Api, body: dict[str, object], pointers: list[str]
) -> None:
    assert sorted(problem(api.post(PATH, body), 422)) == pointers
    assert api.get(PATH).json == {"subscriptions": []}


@pytest.mark.parametrize(
    ("member", "value", "detail"),
    [
        ("headers", [], "This must be an object, not a list."),
        ("milestones", ["lost"], "This must be one of accepted, first_scan, "),
        ("rate_limit", {"per_second": "5"}, "This must be a number, not text."),
        ("rate_limit", {}, "A rate limit needs `per_second`, `concurrency` or both."),
    ],
)
def test_refusal_says_what_would_be_right(api: Api, member: str, value: object, detail: str) -> None:
    answer = api.post(PATH, wanted("shippo") | {member: value})
    problem(answer, 422)
    assert answer.json["errors"][0]["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("path", "detail"), [(PATH, "this takes none"), ("/v1/events", "there are: type, limit, cursor")]
)
def test_unknown_query_parameter_is_told_which_there_are(api: Api, path: str, detail: str) -> None:
    answer = api.get(path, colour="red")
    assert problem(answer, 422) == ["?colour"]
    assert answer.json["errors"][0]["detail"] == f"There is no such query parameter; {detail}."


def test_url_of_another_vendors_length_is_none_of_shippos(api: Api) -> None:
    long = "https://example.com/" + "x" * 200
    assert api.post(PATH, wanted("ehub", url=long)).status == 201


def test_change_takes_url_and_headers_and_leaves_the_rest(api: Api) -> None:
    before = api.post(PATH, wanted("shippo", headers={"X-Shop": "7"})).json
    path = f"{PATH}/{before['id']}"
    moved = api.call("PATCH", path, {"url": "https://example.com/moved"}).json
    assert (moved["url"], moved["headers"]) == ("https://example.com/moved", {"X-Shop": "7"})
    told = api.call("PATCH", path, {"headers": {"X-Till": "8"}}).json
    assert (told["url"], told["headers"]) == ("https://example.com/moved", {"X-Till": "8"})
    assert api.call("PATCH", path, {"headers": None}).json["headers"] == {}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": ""}, "/url"),
        ({"url": "https://private.example.com"}, "/url"),
        ({"url": "https://example.com/" + "x" * 200}, "/url"),
        ({"headers": {"Cookie": "a"}}, "/headers/Cookie"),
    ],
    ids=str,
)
def test_refused_change_changes_nothing(api: Api, change: dict[str, object], pointer: str) -> None:
    before = api.post(PATH, wanted("shippo")).json
    path = f"{PATH}/{before['id']}"
    assert problem(api.call("PATCH", path, change | {"enabled": False}), 422) == [pointer]
    assert api.get(path).json == before


def test_strangers_change_and_delete_nothing(api: Api, deployment: Deployment) -> None:
    path = f"{PATH}/{api.post(PATH, wanted('shippo')).json['id']}"
    for stranger in (deployment.caller(), deployment.caller(Mode.TEST, account_id=api.account_id)):
        problem(stranger.call("DELETE", path), 404)
        problem(stranger.call("PATCH", path, {"url": "https://example.com/stolen"}), 404)
    assert api.get(path).json["url"] == URL


def test_subscription_that_failures_disabled_shows_them_and_is_switched_on_again(
    api: Api, deployment: Deployment
) -> None:
    subscription_id = api.post(PATH, wanted("ehub")).json["id"]
    registry = deployment.services.registry
    dialect = deployment.services.dialects.named("ehub")
    (subscription,) = registry.subscriptions(api.account_id, Mode.LIVE)
    response = Health(last_response_code=500, last_response_message="The endpoint answered 500.")
    for _ in range(5):
        registry.note_failure(subscription, dialect.slot, response, limit=5)
    told = api.get(f"{PATH}/{subscription_id}").json
    assert told["disabled_by_failures"] is True
    assert told["health"] == {
        "error_count": 5,
        "last_response_code": 500,
        "last_response_message": "The endpoint answered 500.",
        "last_delivered_at": None,
    }
    answer = api.call("PATCH", f"{PATH}/{subscription_id}", {"enabled": True})
    assert (answer.json["disabled_by_failures"], answer.json["health"]["error_count"]) == (False, 0)
    (call,) = deployment.sqs.calls
    message = decode(call.parameters["MessageBody"])
    assert isinstance(message, RecoverMessage)
    (recovery,) = api.get(f"{PATH}/{subscription_id}/recoveries").json["recoveries"]
    assert (recovery["id"], recovery["states"]) == (message.recovery.id, ["held"])


def test_dialects_are_told_to_everybody(api: Api, deployment: Deployment) -> None:
    deployment.dynamodb.calls.clear()
    answer = api.with_key(None).get("/v1/dialects")
    assert answer.status == 200
    told = {each["name"]: each for each in answer.json["dialects"]}
    assert set(told) == {*EVENTS, "parcelhook"}
    assert told["shipengine"]["one_for_an_event"] is True
    assert told["shipengine"]["modes"] == ["live"]
    assert {"name": "track", "event_types": ["tracking.updated"]} in told["shipengine"]["events"]
    assert (told["ehub"]["disable_after"], told["ehub"]["timeout_seconds"]) == (5, 30)
    assert told["shippo"]["retry_policy"] == {"attempts": 3, "interval_seconds": 7200}
    assert deployment.dynamodb.calls == []
