"""A mapping deletes what was handled and nothing else."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parser.models import SqsModel
from types_boto3_sqs import SQSClient

from local import layout, provision
from local.poller import EventSource
from parcelhook.resources import DISPATCH, EVENTS, Mapping

URL = layout.queue_url(layout.queue_name(EVENTS))
MAPPING = Mapping(queue=EVENTS, function=DISPATCH, batch_size=10, batching_window=0, max_concurrency=2)


class Function:
    """A handler that remembers its events and answers as told."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any] = lambda event: None) -> None:
        self.events: list[dict[str, Any]] = []
        self._answer = answer

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        SqsModel.model_validate(event)
        self.events.append(event)
        return self._answer(event)

    def bodies(self) -> list[str]:
        return [record["body"] for event in self.events for record in event["Records"]]


@pytest.fixture
def sqs(aws: None) -> SQSClient:
    client = boto3.client("sqs")
    provision.create_queues(client)
    return client


def send(sqs: SQSClient, *bodies: str) -> None:
    for body in bodies:
        sqs.send_message(QueueUrl=URL, MessageBody=body, MessageGroupId="account")


def left(sqs: SQSClient) -> int:
    """How many messages the queue holds, hidden ones too."""
    counts = sqs.get_queue_attributes(QueueUrl=URL, AttributeNames=["All"])["Attributes"]
    return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])


def show_again(sqs: SQSClient, function: Function, body: str) -> None:
    """Ends the visibility timeout of a message that the function was last given."""
    for record in function.events[-1]["Records"]:
        if record["body"] != body:
            continue
        sqs.change_message_visibility(QueueUrl=URL, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=0)


def fail(body: str) -> Callable[[dict[str, Any]], Any]:
    return lambda event: {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record in event["Records"] if record["body"] == body
        ]
    }


def test_empty_queue_is_nothing_to_do(sqs: SQSClient) -> None:
    function = Function()
    assert EventSource(sqs, MAPPING, function).poll() is False
    assert function.events == []


def test_record_has_lambda_s_form(sqs: SQSClient) -> None:
    sqs.send_message(
        QueueUrl=URL,
        MessageBody="ü",
        MessageGroupId="account",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}},
    )
    function = Function()
    assert EventSource(sqs, MAPPING, function).poll() is True
    (record,) = function.events[0]["Records"]
    assert record["body"] == "ü"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == layout.queue_arn(layout.queue_name(EVENTS))
    assert record["awsRegion"] == "us-east-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()
    assert record["messageAttributes"]["kind"]["stringValue"] == "x"


def test_handled_batch_is_deleted(sqs: SQSClient) -> None:
    send(sqs, "a", "b")
    EventSource(sqs, MAPPING, Function()).poll()
    assert left(sqs) == 0


def test_batch_is_as_large_as_the_mapping_allows(sqs: SQSClient) -> None:
    send(sqs, *"abcdefghijklm")
    function = Function()
    small = Mapping(queue=EVENTS, function=DISPATCH, batch_size=2, batching_window=0, max_concurrency=2)
    EventSource(sqs, small, function).poll()
    large = Mapping(queue=EVENTS, function=DISPATCH, batch_size=100, batching_window=1, max_concurrency=2)
    EventSource(sqs, large, function).poll()
    assert [len(event["Records"]) for event in function.events] == [2, 11]
    assert left(sqs) == 0


def test_partial_failure_leaves_only_what_failed(sqs: SQSClient) -> None:
    send(sqs, "good", "bad", "fine")
    function = Function(fail("bad"))
    EventSource(sqs, MAPPING, function).poll()
    assert left(sqs) == 1
    show_again(sqs, function, "bad")
    EventSource(sqs, MAPPING, function).poll()
    assert function.bodies()[3:] == ["bad"]
    assert function.events[1]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"


def raise_error(event: dict[str, Any]) -> Any:
    raise RuntimeError("broken")


@pytest.mark.parametrize(
    "answer",
    [
        raise_error,
        lambda event: {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        lambda event: "done",
        lambda event: object(),
    ],
    ids=["raises", "unknown id", "no object", "not JSON"],
)
def test_failed_or_malformed_answer_leaves_everything(
    sqs: SQSClient, answer: Callable[[dict[str, Any]], Any], capfd: pytest.CaptureFixture[str]
) -> None:
    send(sqs, "a", "b")
    assert EventSource(sqs, MAPPING, Function(answer)).poll() is True
    assert left(sqs) == 2
    said = capfd.readouterr()
    assert said.out + said.err


def test_message_that_always_fails_ends_in_the_dead_letter_queue(sqs: SQSClient) -> None:
    send(sqs, "bad")
    function = Function(fail("bad"))
    source = EventSource(sqs, MAPPING, function)
    for _ in range(EVENTS.max_receives):
        assert source.poll() is True
        show_again(sqs, function, "bad")
    assert source.poll() is False
    dead = sqs.receive_message(QueueUrl=layout.queue_url(layout.dead_letter_name(EVENTS)))["Messages"]
    assert [message["Body"] for message in dead] == ["bad"]
