"""Publishing to SQS as it is, and as it fails."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from parcelhook.errors import UnavailableError
from parcelhook.ids import Ids
from parcelhook.messages import EventsMessage, decode
from parcelhook.model.event import EventType
from parcelhook.publishing import Draft, Publisher
from parcelhook.queues import SqsQueue
from parcelhook.resources import LEDGER
from parcelhook.storage.publications import Publications
from tests.builders import principal
from tests.cloud import Cloud
from tests.fakes import CountedBytes, FakeQueue, FixedClock, ObservedClient, throttled


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def publisher(cloud: Cloud, clock: FixedClock) -> Publisher:
    publications = Publications(table=cloud.table(LEDGER)[0], clock=clock, days=30)
    ids = Ids(CountedBytes())
    return Publisher(queue=FakeQueue(), publications=publications, clock=clock, ids=ids, wait=lambda _: None)


def publisher_on(sqs: ObservedClient, publisher: Publisher, url: str) -> Publisher:
    client: Any = sqs
    return replace(publisher, queue=SqsQueue(client, url))


def publish(publisher: Publisher) -> list[str]:
    """Publishes one event with an id of its publisher's."""
    draft = Draft(type=EventType.BATCH_CREATED, data={"batch_id": "se-1"}, client_id="mine")
    return [event.id for event in publisher.publish(principal(), [draft])]


def test_message_in_sqs_is_the_publication(publisher: Publisher, cloud: Cloud) -> None:
    url = cloud.queue_url()
    publish(publisher_on(ObservedClient(cloud.sqs), publisher, url))
    (body,) = cloud.messages(url)
    message = decode(body)
    assert isinstance(message, EventsMessage)
    assert [event.client_id for event in message.events] == ["mine"]


def test_sqs_that_throttles_is_unavailable_and_leaves_nothing_behind(publisher: Publisher, cloud: Cloud) -> None:
    url, sqs = cloud.queue_url(), ObservedClient(cloud.sqs)
    sqs.fail("send_message", throttled("SendMessage"))
    with pytest.raises(UnavailableError):
        publish(publisher_on(sqs, publisher, url))
    assert cloud.messages(url) == []
    assert cloud.rows(publisher.publications.table) == []


def throttled_at_the_second_try() -> ClientError:
    """What botocore raises for the answer to the last of its tries. Of those before it tells the number only."""
    error = throttled("SendMessage")
    error.response["ResponseMetadata"] = {
        "RequestId": "1",
        "HostId": "",
        "HTTPStatusCode": 400,
        "HTTPHeaders": {},
        "RetryAttempts": 1,
    }
    return error


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url="https://sqs"), throttled_at_the_second_try()])
def test_event_whose_queueing_was_not_confirmed_keeps_its_ulid(
    publisher: Publisher, cloud: Cloud, clock: FixedClock, error: Exception
) -> None:
    url, sqs = cloud.queue_url(), ObservedClient(cloud.sqs)
    sqs.fail_afterwards("send_message", error)
    doubtful = publisher_on(sqs, publisher, url)
    with pytest.raises(UnavailableError):
        publish(doubtful)
    clock.forward(minutes=2)
    assert publish(doubtful) == ["mine"]
    first, second = sorted(map(decode, cloud.messages(url)), key=lambda message: message.republished)  # type: ignore[union-attr]
    assert isinstance(first, EventsMessage)
    assert isinstance(second, EventsMessage)
    assert first.events[0].ulid == second.events[0].ulid
    assert second.republished
