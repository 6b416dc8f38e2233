from typing import Any

import pytest

from parcelhook.errors import UnavailableError
from parcelhook.messages import EventsMessage, decode
from parcelhook.model.account import Mode
from parcelhook.queues import SqsQueue
from tests.builders import event
from tests.cloud import Cloud
from tests.fakes import ObservedClient, throttled


@pytest.fixture
def sqs(cloud: Cloud) -> ObservedClient:
    return ObservedClient(cloud.sqs)


@pytest.fixture
def queue(cloud: Cloud, sqs: ObservedClient) -> SqsQueue:
    return queue_on(sqs, cloud)


def queue_on(client: Any, cloud: Cloud) -> SqsQueue:
    return SqsQueue(client, cloud.queue_url())


def message(account_id: str = "acct_1") -> EventsMessage:
    return EventsMessage(account_id=account_id, mode=Mode.LIVE, events=(event(account_id=account_id, data={}),))


class Refusing:
    """SQS that takes each message of a batch only when it has seen it `refusals` times before."""

    def __init__(self, client: ObservedClient, refusals: int) -> None:
        self._client = client
        self._refusals = refusals
        self.sizes: list[int] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.sizes.append(len(Entries))
        if len(self.sizes) > self._refusals:
            answer: dict[str, Any] = self._client.send_message_batch(QueueUrl=QueueUrl, Entries=Entries)
            return answer
        self._client.send_message_batch(QueueUrl=QueueUrl, Entries=Entries[:1])
        return {"Successful": [], "Failed": [{"Id": entry["Id"]} for entry in Entries[1:]]}


def test_message_is_sent_in_its_accounts_group(queue: SqsQueue, sqs: ObservedClient, cloud: Cloud) -> None:
    sent = message("acct_7")
    queue.send(sent)
    assert [decode(body) for body in cloud.messages(queue.url)] == [sent]
    assert sqs.calls[0].parameters["MessageGroupId"] == "acct_7"


def test_many_are_sent_ten_a_call(queue: SqsQueue, sqs: ObservedClient) -> None:
    queue.send_many([message() for _ in range(23)])
    assert [len(call.parameters["Entries"]) for call in sqs.calls] == [10, 10, 3]


def test_nothing_is_sent_for_nothing(queue: SqsQueue, sqs: ObservedClient) -> None:
    queue.send_many([])
    assert sqs.calls == []


def test_refused_messages_of_a_batch_are_sent_again_and_no_others(sqs: ObservedClient, cloud: Cloud) -> None:
    refusing = Refusing(sqs, 2)
    queue = queue_on(refusing, cloud)
    sent = [message() for _ in range(4)]
    queue.send_many(sent)
    assert refusing.sizes == [4, 3, 2]
    ulids = sorted(
        one.events[0].ulid for body in cloud.messages(queue.url) if isinstance(one := decode(body), EventsMessage)
    )
    assert ulids == sorted(one.events[0].ulid for one in sent)


def test_batch_that_stays_refused_is_unavailable(sqs: ObservedClient, cloud: Cloud) -> None:
    with pytest.raises(UnavailableError):
        queue_on(Refusing(sqs, 9), cloud).send_many([message() for _ in range(9)])


@pytest.mark.parametrize("operation", ["send_message", "send_message_batch"])
def test_throttled_queue_is_unavailable(queue: SqsQueue, sqs: ObservedClient, operation: str) -> None:
    sqs.fail(operation, throttled(operation))
    with pytest.raises(UnavailableError) as caught:
        queue.send(message()) if operation == "send_message" else queue.send_many([message()])
    assert not caught.value.perhaps_done
