import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from cli.dead_letter_queue import DeadLetterQueue, Place
from cli.failures import CommandError
from local import layout, provision
from parcelhook.messages import EventsMessage, encode
from parcelhook.model.account import Mode
from parcelhook.resources import EVENTS, INGESTION, QUEUES, Queue
from tests.builders import event
from tests.unit.cli.conftest import OUTPUTS, Invoke

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

URL, SOURCE = "https://sqs.example.com/1/dead", "https://sqs.example.com/1/events"
ARN, SOURCE_ARN = "arn:aws:sqs:eu-west-1:1:dead", "arn:aws:sqs:eu-west-1:1:events"
EVENT = event(client_id="update-2")
MESSAGE = encode(EventsMessage(account_id=EVENT.account_id, mode=Mode.LIVE, events=(EVENT,)))


@pytest.fixture
def laptop_sqs(laptop: None) -> "SQSClient":
    client = boto3.client("sqs", region_name=layout.REGION)
    provision.create_queues(client)
    return client


def put(client: "SQSClient", queue: Queue, *bodies: str, **attributes: Any) -> None:
    url = client.get_queue_url(QueueName=layout.dead_letter_name(queue))["QueueUrl"]
    for body in bodies:
        client.send_message(QueueUrl=url, MessageBody=body, **attributes)


def lying(client: "SQSClient", name: str) -> list[Any]:
    answer = client.receive_message(
        QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"],
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return answer.get("Messages", [])


def test_each_queue_is_listed_with_what_lies_in_it(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    put(laptop_sqs, EVENTS, MESSAGE, MESSAGE)
    counts = json.loads(invoke("dead-letters", "list", "--json").stdout)["queues"]
    assert counts == [{"name": queue.name, "messages": 2 * (queue == EVENTS)} for queue in QUEUES]


def test_messages_tell_what_they_are_about_and_stay(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    put(laptop_sqs, EVENTS, MESSAGE, "no message of ours")
    shown = json.loads(invoke("dead-letters", "show", "events", "--json").stdout)["messages"]
    found = {each["kind"]: (each["account_id"], each["about"]) for each in shown}
    assert found == {"events": (EVENT.account_id, ["update-2"]), "unreadable": (None, [])}
    assert len(lying(laptop_sqs, layout.dead_letter_name(EVENTS))) == 2


def test_data_of_events_is_shown_only_when_asked_for(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    put(laptop_sqs, EVENTS, MESSAGE)
    number = EVENT.data["tracking_number"]
    assert number not in invoke("dead-letters", "show", "events", "--json").stdout
    assert number not in invoke("dead-letters", "show", "events").stdout
    assert number in invoke("dead-letters", "show", "events", "--bodies").stdout


def test_refused_publication_shows_its_reason(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    attributes = {
        "error": {"DataType": "String", "StringValue": "InvalidRequestError"},
        "reason": {"DataType": "String", "StringValue": "There is no such event type."},
    }
    put(laptop_sqs, INGESTION, json.dumps({"account_id": "acct_1"}), MessageAttributes=attributes)
    text = invoke("dead-letters", "show", "ingestion").stdout
    assert "publication  acct_1" in text
    assert "InvalidRequestError: There is no such event type." in text


def test_redriven_messages_are_back_where_they_came_from(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    bodies = [f"{MESSAGE}{' ' * number}" for number in range(12)]
    put(laptop_sqs, EVENTS, *bodies, MessageGroupId=EVENT.account_id)
    result = invoke("dead-letters", "redrive", "events")
    assert result.stdout == "12 messages are back in the queue events.\n"
    assert lying(laptop_sqs, layout.dead_letter_name(EVENTS)) == []
    back = lying(laptop_sqs, layout.queue_name(EVENTS))
    assert {message["Attributes"]["MessageGroupId"] for message in back} == {EVENT.account_id}
    assert {message["Body"] for message in back} <= set(bodies)


def test_deleted_messages_are_gone(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    put(laptop_sqs, INGESTION, "x")
    assert invoke("dead-letters", "delete", "ingestion", answer="n\n").exit_code == 1
    assert len(lying(laptop_sqs, layout.dead_letter_name(INGESTION))) == 1
    assert invoke("dead-letters", "delete", "ingestion", "--yes").stdout == "1 message is deleted.\n"
    assert lying(laptop_sqs, layout.dead_letter_name(INGESTION)) == []


def test_laptop_has_no_queue_of_the_scheduler(invoke: Invoke, laptop_sqs: "SQSClient") -> None:
    assert invoke("dead-letters", "redrive", "scheduler").exit_code == 2
    assert invoke("dead-letters", "redrive", "elsewhere").exit_code == 2


def test_stage_that_was_deployed_before_is_to_be_deployed_again(invoke: Invoke) -> None:
    result = invoke("dead-letters", "list", "--stage", "prod", read={"Parcelhook-prod": OUTPUTS}.get)
    assert result.exit_code == 1
    assert "no output 'EventsDeadLetterQueueUrl'" in result.stderr


@pytest.fixture
def sqs() -> Iterator[tuple["SQSClient", Stubber]]:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    client = session.client("sqs")
    with Stubber(client) as stubber:
        for url, arn in ((URL, ARN), (SOURCE, SOURCE_ARN)):
            answer = {"Attributes": {"QueueArn": arn}}
            stubber.add_response("get_queue_attributes", answer, {"QueueUrl": url, "AttributeNames": ["QueueArn"]})
        yield client, stubber


def tasks(stubber: Stubber, *found: dict[str, Any]) -> None:
    stubber.add_response("list_message_move_tasks", {"Results": list(found)}, {"SourceArn": ARN, "MaxResults": 1})


def queue(client: "SQSClient") -> DeadLetterQueue:
    place = Place(name="events", url=URL, source_url=SOURCE)
    return DeadLetterQueue(place=place, client=client, sleep=lambda _: None)


def start(stubber: Stubber) -> None:
    wanted = {"SourceArn": ARN, "DestinationArn": SOURCE_ARN}
    stubber.add_response("start_message_move_task", {"TaskHandle": "t"}, wanted)


def test_on_aws_sqs_moves_the_messages(sqs: tuple["SQSClient", Stubber]) -> None:
    client, stubber = sqs
    tasks(stubber)
    start(stubber)
    tasks(stubber, {"Status": "RUNNING"})
    tasks(stubber, {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 1200})
    assert queue(client).redrive() == 1200
    stubber.assert_no_pending_responses()


def test_move_that_goes_on_already_is_waited_for(sqs: tuple["SQSClient", Stubber]) -> None:
    client, stubber = sqs
    tasks(stubber, {"Status": "RUNNING"})
    tasks(stubber, {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 3})
    assert queue(client).redrive() == 3


def test_move_that_fails_says_how_far_it_came(sqs: tuple["SQSClient", Stubber]) -> None:
    client, stubber = sqs
    tasks(stubber)
    start(stubber)
    tasks(stubber, {"Status": "FAILED", "ApproximateNumberOfMessagesMoved": 7, "FailureReason": "AccessDenied"})
    with pytest.raises(CommandError, match="moved 7 messages of events, then stopped: AccessDenied"):
        queue(client).redrive()


def test_who_may_not_have_sqs_move_them_moves_them_one_by_one(sqs: tuple["SQSClient", Stubber]) -> None:
    client, stubber = sqs
    stubber.add_client_error("list_message_move_tasks", "AWS.SimpleQueueService.UnsupportedOperation")
    message = {"MessageId": "1", "ReceiptHandle": "r", "Body": MESSAGE, "Attributes": {"MessageGroupId": "acct_1"}}
    stubber.add_response("receive_message", {"Messages": [message]})
    wanted = {"QueueUrl": SOURCE, "MessageBody": MESSAGE, "MessageGroupId": "acct_1"}
    stubber.add_response("send_message", {"MD5OfMessageBody": "", "MessageId": "2"}, wanted)
    stubber.add_response("delete_message", {}, {"QueueUrl": URL, "ReceiptHandle": "r"})
    stubber.add_response("receive_message", {})
    assert queue(client).redrive() == 1
    stubber.assert_no_pending_responses()


def test_other_refusals_are_a_sentence(sqs: tuple["SQSClient", Stubber]) -> None:
    client, stubber = sqs
    stubber.add_client_error("list_message_move_tasks", "AWS.SimpleQueueService.NonExistentQueue", "gone")
    with pytest.raises(CommandError, match="SQS answered NonExistentQueue"):
        queue(client).redrive()
