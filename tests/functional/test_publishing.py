"""`POST /v1/events`, as a publisher sees it."""

import json
from typing import Any

import pytest

from parcelhook.catalogue import sample
from parcelhook.messages import EventsMessage, decode
from parcelhook.model.event import PUBLISHABLE, EventType
from tests.api_calls import Answered
from tests.cloud import Cloud
from tests.fakes import throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment

PATH = "/v1/events"
TRACKING = {"tracking_number": "1Z999", "carrier": "ups", "status": "in_transit"}


def tracking(**members: Any) -> dict[str, Any]:
    return {"type": "tracking.updated", "data": TRACKING} | members


def queued(cloud: Cloud, deployment: Deployment) -> list[EventsMessage]:
    found = [decode(body) for body in cloud.messages(deployment.events_queue_url)]
    return [message for message in found if isinstance(message, EventsMessage)]


def problem(answer: Answered, status: int) -> list[str]:
    """The pointers of problem details with this status."""
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    return [error["pointer"] for error in body.get("errors", [])]


def test_one_event_is_answered_as_one(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    answer = api.post(PATH, tracking())
    assert answer.status == 202
    assert answer.json == {
        "id": answer.json["id"],
        "type": "tracking.updated",
        "mode": "live",
        "status": "queued",
    }
    (message,) = queued(cloud, deployment)
    assert (message.account_id, message.mode) == (api.account_id, "live")
    assert message.events[0].id == answer.json["id"]
    assert message.events[0].data == TRACKING


def test_list_is_answered_as_a_list_in_order(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    answer = api.post(PATH, [tracking(id="a"), tracking(id="b")])
    assert answer.status == 202
    assert [event["id"] for event in answer.json["events"]] == ["a", "b"]
    assert set(answer.json) == {"events"}
    (message,) = queued(cloud, deployment)
    assert [event.client_id for event in message.events] == ["a", "b"]


def test_list_of_one_is_answered_as_a_list(api: Api) -> None:
    assert len(api.post(PATH, [tracking()]).json["events"]) == 1


def test_sandbox_key_publishes_in_test_mode(sandbox: Api) -> None:
    assert sandbox.post(PATH, tracking()).json["mode"] == "test"


@pytest.mark.parametrize("event_type", PUBLISHABLE)
def test_every_sample_is_accepted(api: Api, event_type: EventType) -> None:
    answer = api.post(PATH, {"type": event_type, "data": sample(event_type)})
    assert answer.status == 202, answer.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "ShippoToken"])
def test_key_works_in_any_vendors_header(api: Api, scheme: str) -> None:
    assert api.with_headers(authorization=f"{scheme} {api.key}").post(PATH, tracking()).status == 202


@pytest.mark.parametrize("key", [None, "wrong"])
def test_missing_or_wrong_key_is_unauthenticated(api: Api, key: str | None) -> None:
    problem(api.with_key(key).post(PATH, tracking()), 401)


def test_100_events_are_accepted_and_101_are_not(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    assert len(api.post(PATH, [tracking()] * 100).json["events"]) == 100
    assert problem(api.post(PATH, [tracking()] * 101), 422) == [""]
    assert problem(api.post(PATH, []), 422) == [""]
    (message,) = queued(cloud, deployment)
    assert len(message.events) == 100


def test_bad_item_of_a_list_is_pointed_at_and_nothing_is_queued(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    bad = {"type": "tracking.updated", "data": {"carrier": "ups", "status": "in_transit"}}
    answer = api.post(PATH, [tracking(id="a"), tracking(), tracking(), bad])
    assert problem(answer, 422) == ["/3/data/tracking_number"]
    assert queued(cloud, deployment) == []
    assert api.post(PATH, tracking(id="a", data=TRACKING | {"status": "delivered"})).status == 202


@pytest.mark.parametrize(
    ("item", "pointers"),
    [
        ({}, ["/type", "/data"]),
        ({"type": "tracking.updated"}, ["/data"]),
        (tracking(type="nonsense"), ["/type"]),
        (tracking(extra=1), ["/extra"]),
        (tracking(data=TRACKING | {"extra": 1}), ["/data/extra"]),
        (tracking(data=TRACKING | {"status": "lost"}), ["/data/status"]),
        (tracking(id=""), ["/id"]),
        (tracking(id="x" * 65), ["/id"]),
        (tracking(id="a/b"), ["/id"]),
        (tracking(occurred_at="yesterday"), ["/occurred_at"]),
        (tracking(occurred_at="2026-01-04T20:00:01Z"), ["/occurred_at"]),
        (tracking(id=1, data=TRACKING | {"carrier": 7}), ["/id", "/data/carrier"]),
    ],
    ids=str,
)
def test_wrong_or_missing_member_is_pointed_at(api: Api, item: dict[str, Any], pointers: list[str]) -> None:
    assert problem(api.post(PATH, item), 422) == pointers


@pytest.mark.parametrize(
    "raw", [b"", b" ", b"{", b'"text"', b"1", b"null", b"\xff\xfe", b"[NaN]"], ids=lambda raw: repr(raw)
)
def test_body_that_cannot_be_read_is_malformed(api: Api, raw: bytes) -> None:
    problem(api.post(PATH, raw=raw), 400)


def large(size: int) -> dict[str, Any]:
    """An event of `size` bytes as compact JSON."""
    item = tracking(data=TRACKING | {"metadata": {"x": ""}})
    rest = size - len(json.dumps(item, separators=(",", ":")))
    return tracking(data=TRACKING | {"metadata": {"x": "a" * rest}})


def test_event_of_64_kib_is_accepted_and_a_byte_more_is_not(api: Api) -> None:
    exact, more = (json.dumps(large(size), separators=(",", ":")).encode() for size in (65_536, 65_537))
    assert api.post(PATH, raw=exact).status == 202
    assert problem(api.post(PATH, raw=more), 413) == []


def test_item_that_is_too_large_is_pointed_at(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    assert problem(api.post(PATH, [tracking(id="a"), large(70_000)]), 413) == ["/1"]
    assert queued(cloud, deployment) == []


def test_body_of_more_than_a_megabyte_is_too_large(api: Api) -> None:
    problem(api.post(PATH, raw=b"[" + b" " * 2**20 + b"]"), 413)


def test_same_id_and_body_is_one_event_with_the_same_answer(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    answers = [api.post(PATH, tracking(id="mine")) for _ in range(2)]
    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    assert len(queued(cloud, deployment)) == 1


def test_same_event_in_other_words_is_the_same_event(api: Api, cloud: Cloud, deployment: Deployment) -> None:
    api.post(PATH, tracking(id="mine"))
    reordered = dict(reversed(TRACKING.items())) | {"status": "IT", "label_url": None}
    assert api.post(PATH, tracking(id="mine", data=reordered)).status == 202
    assert len(queued(cloud, deployment)) == 1


def test_same_id_with_another_body_is_a_conflict(api: Api) -> None:
    api.post(PATH, tracking(id="mine"))
    other = tracking(id="mine", data=TRACKING | {"status": "delivered"})
    assert problem(api.post(PATH, other), 409) == ["/id"]
    assert problem(api.post(PATH, [other]), 409) == ["/0/id"]
    assert problem(api.post(PATH, [tracking(), other]), 409) == ["/1/id"]


def test_same_id_is_anothers_in_another_account_and_mode(deployment: Deployment, api: Api, sandbox: Api) -> None:
    for caller, status in ((api, "in_transit"), (sandbox, "delivered"), (deployment.caller(), "exception")):
        assert caller.post(PATH, tracking(id="mine", data=TRACKING | {"status": status})).status == 202


def test_id_is_free_again_after_24_hours(api: Api, deployment: Deployment) -> None:
    api.post(PATH, tracking(id="mine"))
    deployment.clock.forward(hours=24, seconds=1)
    assert api.post(PATH, tracking(id="mine", data=TRACKING | {"status": "delivered"})).status == 202


@pytest.mark.parametrize("client", ["dynamodb", "sqs"])
def test_throttled_aws_is_an_honest_503_and_queues_nothing(
    api: Api, cloud: Cloud, deployment: Deployment, client: str
) -> None:
    operation = {"dynamodb": "put_item", "sqs": "send_message"}[client]
    getattr(deployment, client).fail(operation, throttled(operation))
    answer = api.post(PATH, tracking(id="mine"))
    problem(answer, 503)
    assert int(answer.headers["retry-after"]) >= 1
    assert queued(cloud, deployment) == []
    assert api.post(PATH, tracking(id="mine", data=TRACKING | {"status": "delivered"})).status == 202


def test_unknown_query_parameter_is_refused(api: Api) -> None:
    assert problem(api.call("POST", PATH, tracking(), query={"dry_run": "1"}), 422) == ["?dry_run"]
