"""Events from producers inside AWS, by way of a queue: the same rules, and what is refused is kept with the reason."""

import json
import logging
from dataclasses import dataclass, replace
from typing import Any

import pytest

from examples.producers.publish_from_aws import as_event, as_message
from functions.api.ingest import ingest
from parcelhook.messages import EventsMessage, decode
from parcelhook.model.account import Mode
from parcelhook.refused_publications import SqsRefusals
from parcelhook.services.ingest import IngestServices
from parcelhook.telemetry import build_logger
from tests.cloud import Cloud
from tests.fakes import FakeQueue
from tests.functional.deployment import Deployment

UPDATE = {"type": "tracking.updated", "data": {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}}


@dataclass(frozen=True, slots=True)
class Ingestion:
    """The function's parts, an account, and the queues that it writes to."""

    services: IngestServices
    account_id: str
    cloud: Cloud
    events_queue_url: str
    refused_queue_url: str

    def take(self, body: str) -> bool:
        return ingest({"messageId": "m1", "body": body}, self.services, build_logger("INFO"))

    def publish(self, events: object, **members: Any) -> bool:
        message = {"account_id": self.account_id, "mode": "live", "events": events}
        return self.take(json.dumps(message | members))

    def queued(self) -> list[EventsMessage]:
        found = [decode(text) for text in self.cloud.messages(self.events_queue_url)]
        return [message for message in found if isinstance(message, EventsMessage)]

    def refused(self) -> list[tuple[str, str, str]]:
        """Body, error and reason of each."""
        answer = self.cloud.sqs.receive_message(
            QueueUrl=self.refused_queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        messages: list[Any] = list(answer.get("Messages", []))
        return [(each["Body"], _said(each, "error"), _said(each, "reason")) for each in messages]


def _said(message: Any, attribute: str) -> str:
    return str(message["MessageAttributes"][attribute]["StringValue"])


@pytest.fixture
def ingestion(deployment: Deployment, cloud: Cloud) -> Ingestion:
    refused = cloud.queue_url()
    services = IngestServices(
        registry=deployment.services.registry,
        publisher=deployment.services.publisher,
        refusals=SqsRefusals(cloud.sqs, refused),
        clock=deployment.clock,
    )
    account_id = deployment.administration.create_account("Inside").id
    return Ingestion(services, account_id, cloud, deployment.events_queue_url, refused)


@pytest.mark.parametrize("mode", Mode)
def test_event_is_queued_for_the_account_and_mode_that_the_message_names(ingestion: Ingestion, mode: Mode) -> None:
    assert ingestion.publish(UPDATE | {"id": "mine"}, mode=mode)
    (message,) = ingestion.queued()
    (event,) = message.events
    assert (message.account_id, message.mode, event.id) == (ingestion.account_id, mode, "mine")
    assert not ingestion.refused()


def test_message_that_comes_again_is_published_once_if_the_event_has_an_id(ingestion: Ingestion) -> None:
    for _ in range(2):
        assert ingestion.publish([UPDATE | {"id": "mine"}, UPDATE | {"id": "another"}])
    (message,) = ingestion.queued()
    assert [event.id for event in message.events] == ["mine", "another"]


@pytest.mark.parametrize(
    ("events", "error", "reason"),
    [
        ({"type": "tracking.lost", "data": {}}, "InvalidRequestError", "/events/type: This must be one of"),
        ([UPDATE, {"type": "tracking.updated"}], "InvalidRequestError", "/events/1/data"),
        ([], "InvalidRequestError", "/events: A list must have 1 to 100 events."),
        ("event", "MalformedBodyError", "must be an event or a list of events"),
        (UPDATE | {"data": UPDATE["data"] | {"extra": "x" * 70_000}}, "BodyTooLargeError", "at most 65536 bytes"),  # type: ignore[operator]
    ],
    ids=["type", "data", "none", "text", "large"],
)
def test_what_the_api_would_refuse_is_kept_as_it_came_with_the_reason(
    ingestion: Ingestion, events: object, error: str, reason: str
) -> None:
    assert ingestion.publish(events)
    ((body, kept_error, kept_reason),) = ingestion.refused()
    assert json.loads(body)["events"] == events
    assert kept_error == error
    assert reason in kept_reason
    assert not ingestion.queued()


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"account_id": "acct_unknown"}, "There is no account acct_unknown."),
        ({"account_id": 7}, "/account_id: This must be the id of an account."),
        ({"mode": "sandbox"}, "/mode: This must be one of live, test."),
        ({"more": 1}, "account_id, mode, events, and nothing else."),
    ],
)
def test_message_that_does_not_say_for_whom_is_refused(
    ingestion: Ingestion, members: dict[str, Any], reason: str
) -> None:
    assert ingestion.publish(UPDATE, **members)
    ((_, _, kept_reason),) = ingestion.refused()
    assert reason in kept_reason
    assert not ingestion.queued()


@pytest.mark.parametrize(
    "body", ["{", "[" * 100_000, "null", '{"account_id": NaN}'], ids=["cut", "deep", "null", "nan"]
)
def test_what_is_no_message_is_refused(ingestion: Ingestion, body: str) -> None:
    assert ingestion.take(body)
    ((kept, error, _),) = ingestion.refused()
    assert (kept, error) == (body, "MalformedBodyError")


def test_id_that_stands_for_another_event_is_refused(ingestion: Ingestion) -> None:
    assert ingestion.publish(UPDATE | {"id": "mine"})
    assert ingestion.publish(UPDATE | {"id": "mine", "occurred_at": "2026-01-01T00:00:00Z"})
    ((_, error, _),) = ingestion.refused()
    assert error == "EventIdReusedError"


def test_message_comes_again_while_aws_refuses(ingestion: Ingestion) -> None:
    publisher = replace(ingestion.services.publisher, queue=FakeQueue(refuses=True))
    broken = replace(ingestion, services=replace(ingestion.services, publisher=publisher))
    assert not broken.publish(UPDATE)
    assert not ingestion.refused()


def test_refusal_that_cannot_be_kept_comes_again(ingestion: Ingestion) -> None:
    nowhere = SqsRefusals(ingestion.cloud.sqs, ingestion.refused_queue_url + "-that-is-not-there")
    broken = replace(ingestion, services=replace(ingestion.services, refusals=nowhere))
    assert not broken.publish({})


def test_log_says_nothing_of_what_was_published(ingestion: Ingestion, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ingestion.publish(UPDATE | {"id": "private"})
        ingestion.publish({"type": "private"})
    assert "private" not in caplog.text


def test_examples_say_what_is_taken(ingestion: Ingestion) -> None:
    assert ingestion.take(as_message(ingestion.account_id, UPDATE))
    # EventBridge hands over the detail alone.
    assert ingestion.take(as_event(ingestion.account_id, UPDATE, "bus")["Detail"])
    assert len(ingestion.queued()) == 2
    assert not ingestion.refused()
