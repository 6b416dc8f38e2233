"""`GET /v1/events` and `/v1/deliveries`: what happened, as a caller sees it."""

from datetime import timedelta
from typing import Any

import pytest

from parcelhook.clock import to_text
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import Event, EventType
from parcelhook.storage.ledger_items import EventRecord
from tests.builders import IDS, attempt, delivery, delivery_key, event, failed_attempt
from tests.fakes import START, throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment
from tests.functional.test_publishing import problem

# What may be in a client's own id, without letters and digits.
CLIENT_ID_CHARACTERS = "!$&'()*+,-.:;<=>@[]^_{|}~"


def happen(deployment: Deployment, api: Api, *settle: str, number: int = 0, **members: Any) -> Event:
    """An event of the caller's, dispatched to a subscription for each of `settle`."""
    at = START + timedelta(seconds=number)
    made = event(account_id=api.account_id, ulid=IDS.ulid(at), accepted_at=at, occurred_at=at, **members)
    names = tuple(f"se-{position}" for position in range(len(settle)))
    deliveries = [_delivery(made, name, state) for name, state in zip(names, settle, strict=True)]
    deployment.services.ledger.record([EventRecord(event=made, subscription_ids=names)], deliveries)
    return made


def _delivery(made: Event, subscription_id: str, state: str) -> Delivery:
    key = delivery_key(
        account_id=made.account_id, mode=made.mode, event_ulid=made.ulid, subscription_id=subscription_id
    )
    new = delivery(key=key, event_id=made.id, event_type=made.type)
    match state:
        case "delivered":
            return new.delivered(attempt())
        case "retrying":
            return new.retrying(failed_attempt(), START + timedelta(hours=2))
    return new.given_up(failed_attempt(), "The last attempt failed.")


def test_events_are_listed_newest_first_in_pages(api: Api, deployment: Deployment) -> None:
    made = [happen(deployment, api, number=number) for number in range(5)]
    first = api.get("/v1/events", limit="3").json
    second = api.get("/v1/events", limit="3", cursor=first["next"]).json
    shown = [each["id"] for each in first["events"] + second["events"]]
    assert shown == [each.id for each in reversed(made)]
    assert second["next"] is None


def test_event_is_shown_with_its_deliveries(api: Api, deployment: Deployment) -> None:
    made = happen(deployment, api, "delivered", "discarded")
    answer = api.get(f"/v1/events/{made.id}")
    assert answer.status == 200
    body = answer.json
    assert {name: body[name] for name in ("id", "type", "mode", "accepted_at", "data")} == {
        "id": made.id,
        "type": "tracking.updated",
        "mode": "live",
        "accepted_at": to_text(START),
        "data": dict(made.data),
    }
    assert sorted(each["state"] for each in body["deliveries"]) == ["delivered", "discarded"]


def test_event_is_found_by_its_publishers_id(api: Api, deployment: Deployment) -> None:
    client_id = f"Aa0{CLIENT_ID_CHARACTERS}"
    publish = {"type": "batch.created", "data": {"batch_id": "se-1"}, "id": client_id}
    assert api.post("/v1/events", publish).status == 202
    publication = deployment.services.publications.find(api.account_id, Mode.LIVE, client_id)
    assert publication is not None
    made = event(account_id=api.account_id, ulid=publication.ulid, client_id=client_id)
    deployment.services.ledger.record([EventRecord(event=made, subscription_ids=())], [])
    answer = api.get(f"/v1/events/{client_id}")
    assert answer.status == 200, answer.text
    assert answer.json["id"] == client_id


@pytest.mark.parametrize("character", '"`%/?#\\ é')
def test_client_id_that_no_path_could_carry_is_refused(api: Api, character: str) -> None:
    publish = {"type": "batch.created", "data": {"batch_id": "se-1"}, "id": f"a{character}b"}
    assert problem(api.post("/v1/events", publish), 422) == ["/id"]


def test_event_that_is_queued_but_not_dispatched_is_not_found_yet(api: Api) -> None:
    publish = {"type": "batch.created", "data": {"batch_id": "se-1"}, "id": "mine"}
    api.post("/v1/events", publish)
    problem(api.get("/v1/events/mine"), 404)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/events/evt_01KDZ000000000000000000000",
        "/v1/events/evt_nonsense",
        "/v1/events/nobody",
        "/v1/events/" + "x" * 3000,
        "/v1/deliveries/dlv_01KDZ000000000000000000000_se-1",
        "/v1/deliveries/dlv_x_y",
        "/v1/deliveries/dlv_",
        "/v1/deliveries/nonsense",
        "/v1/deliveries/dlv_01KDZ000000000000000000000_" + "x" * 3000,
        "/v1/deliveries/dlv_" + "x" * 3000 + "_se-1",
    ],
    ids=lambda path: path[:40],
)
def test_unknown_or_badly_formed_id_is_not_found_and_costs_no_error_of_dynamodb(
    api: Api, deployment: Deployment, path: str
) -> None:
    problem(api.get(path), 404)
    for call in deployment.dynamodb.calls:
        # DynamoDB refuses a sort key of more than 1,024 bytes, which would be told as an outage.
        assert "x" * 1000 not in str(call.parameters)


def test_deliveries_are_filtered_by_state_subscription_and_type(api: Api, deployment: Deployment) -> None:
    happen(deployment, api, "delivered", "discarded", number=1)
    happen(deployment, api, "retrying", number=2, type=EventType.BATCH_CREATED)

    def states(**query: str) -> list[str]:
        answer = api.get("/v1/deliveries", **query)
        assert answer.status == 200, answer.text
        return [each["state"] for each in answer.json["deliveries"]]

    assert states() == ["retrying", "discarded", "delivered"]
    assert states(state="discarded") == ["discarded"]
    assert states(subscription="se-0") == ["retrying", "delivered"]
    assert states(event_type="batch.created") == ["retrying"]
    assert states(subscription="se-1", state="delivered") == []
    assert states(subscription="se-unknown") == []


def test_delivery_is_shown_with_its_attempts(api: Api, deployment: Deployment) -> None:
    made = happen(deployment, api, "retrying")
    delivery_id = f"dlv_{made.ulid}_se-0"
    body = api.get(f"/v1/deliveries/{delivery_id}").json
    assert (body["id"], body["event_id"], body["state"]) == (delivery_id, made.id, "retrying")
    assert body["next_attempt_at"] == to_text(START + timedelta(hours=2))
    assert body["attempt_count"] == 1
    assert body["attempts"] == [
        {
            "number": 1,
            "at": to_text(START),
            "duration_ms": 120,
            "status_code": None,
            "error": "timeout",
            "message": "No answer within 10 s.",
            "response_body": None,
            "manual": False,
        }
    ]


def test_other_account_and_other_mode_see_nothing(api: Api, sandbox: Api, deployment: Deployment) -> None:
    made = happen(deployment, api, "delivered")
    for stranger in (deployment.caller(), sandbox):
        assert stranger.get("/v1/events").json == {"events": [], "next": None}
        assert stranger.get("/v1/deliveries").json == {"deliveries": [], "next": None}
        problem(stranger.get(f"/v1/events/{made.id}"), 404)
        problem(stranger.get(f"/v1/deliveries/dlv_{made.ulid}_se-0"), 404)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/events", {"limit": "0"}),
        ("/v1/events", {"limit": "101"}),
        ("/v1/events", {"limit": "-1"}),
        ("/v1/events", {"limit": "ten"}),
        ("/v1/events", {"limit": "٣"}),
        ("/v1/events", {"limit": "1,2"}),
        ("/v1/events", {"type": "nonsense"}),
        ("/v1/events", {"state": "discarded"}),
        ("/v1/deliveries", {"state": "lost"}),
        ("/v1/deliveries", {"event_type": "x"}),
        ("/v1/deliveries", {"subscription": "x" * 2000}),
        ("/v1/deliveries", {"subscription": "a#b"}),
        ("/v1/deliveries", {"colour": "red"}),
    ],
    ids=str,
)
def test_bad_query_parameter_is_named(api: Api, path: str, query: dict[str, str]) -> None:
    assert problem(api.get(path, **query), 422) == [f"?{next(iter(query))}"]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/deliveries"])
def test_bad_cursor_is_refused(api: Api, path: str) -> None:
    assert problem(api.get(path, cursor="nonsense"), 422) == ["?cursor"]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/e", "/v1/deliveries", "/v1/deliveries/d"])
def test_history_needs_a_key(api: Api, path: str) -> None:
    problem(api.with_key(None).get(path), 401)


def test_throttled_dynamodb_is_an_honest_503(api: Api, deployment: Deployment) -> None:
    deployment.dynamodb.fail("query", throttled("Query"))
    answer = api.get("/v1/events")
    problem(answer, 503)
    assert int(answer.headers["retry-after"]) >= 1
