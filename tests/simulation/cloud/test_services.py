"""The simulated SQS, Scheduler and Systems Manager do what moto's do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from parcelhook.delivery.backlog import SqsBacklog
from parcelhook.delivery.due import EventBridgeSchedules, ScheduleTarget
from parcelhook.errors import MalformedBodyError, SecretMissingError
from parcelhook.messages import RecoverMessage
from parcelhook.model.account import Mode
from parcelhook.model.recovery import RecoveryKey
from parcelhook.queues import SqsQueue
from parcelhook.refused_publications import SqsRefusals
from parcelhook.resources import EVENTS
from parcelhook.security.parameters import ParameterSecrets
from tests import builders
from tests.fakes import START, CountedBytes
from tests.simulation.cloud.conftest import Queue
from tests.simulation.cloud.scheduler import SimulatedSchedule, SimulatedScheduler
from tests.simulation.cloud.sqs import Moods, SimulatedSqs, queue_url

TARGET = ScheduleTarget(
    group="group",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:retry",
    role_arn="arn:aws:iam::123456789012:role/scheduler",
)


def message(number: int = 0) -> RecoverMessage:
    account_id = f"acct_{number}"
    recovery = RecoveryKey(account_id, Mode.LIVE, builders.ulid())
    return RecoverMessage(account_id=account_id, mode=Mode.LIVE, recovery=recovery, due=START)


def receive(queue: Queue, most: int = 10) -> list[dict[str, Any]]:
    answer = queue.client.receive_message(
        QueueUrl=queue.url, MaxNumberOfMessages=most, MessageSystemAttributeNames=["All"]
    )
    return list(answer.get("Messages", []))


def test_what_is_sent_is_received_once_until_it_shows_again(queue: Queue) -> None:
    SqsQueue(queue.client, queue.url).send(message())

    (received,) = receive(queue)

    assert '"acct_0"' in received["Body"]
    assert received["Attributes"]["ApproximateReceiveCount"] == "1"
    assert received["MessageId"]
    assert received["ReceiptHandle"]
    assert receive(queue) == []


def test_a_batch_is_sent_whole_and_received_in_parts(queue: Queue) -> None:
    SqsQueue(queue.client, queue.url).send_many([message(number) for number in range(23)])

    sizes, bodies = [], set()
    while received := receive(queue):
        sizes.append(len(received))
        bodies |= {each["Body"] for each in received}

    assert (max(sizes), sum(sizes), len(bodies)) == (10, 23, 23)


def test_a_delayed_message_does_not_show_at_once(queue: Queue) -> None:
    SqsQueue(queue.client, queue.url).send(message(), delay_seconds=60)

    assert receive(queue) == []


@pytest.mark.parametrize("delay", [901])
def test_a_delay_out_of_range_is_refused(queue: Queue, delay: int) -> None:
    with pytest.raises(ClientError) as raised:
        queue.client.send_message(QueueUrl=queue.url, MessageBody="x", DelaySeconds=delay)

    assert raised.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_a_deleted_message_is_gone(queue: Queue) -> None:
    SqsQueue(queue.client, queue.url).send(message())
    (received,) = receive(queue)

    answer = queue.client.delete_message_batch(
        QueueUrl=queue.url, Entries=[{"Id": "0", "ReceiptHandle": received["ReceiptHandle"]}]
    )

    assert [each["Id"] for each in answer["Successful"]] == ["0"]
    assert receive(queue) == []


def test_a_queue_that_is_not_there_is_refused(queue: Queue) -> None:
    with pytest.raises(ClientError) as raised:
        queue.client.send_message(QueueUrl=queue.url + "-other", MessageBody="x")

    assert raised.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_what_was_refused_is_kept_as_it_came_with_the_reason(queue: Queue) -> None:
    SqsRefusals(queue.client, queue.url).keep('{"a": 1}', MalformedBodyError("The message is not valid JSON."))

    answer = queue.client.receive_message(QueueUrl=queue.url, MessageAttributeNames=["All"])

    (kept,) = answer["Messages"]
    told = {name: value["StringValue"] for name, value in kept["MessageAttributes"].items()}
    assert kept["Body"] == '{"a": 1}'
    assert told == {"error": "MalformedBodyError", "reason": "The message is not valid JSON."}


def test_a_worker_receives_from_the_backlog_and_deletes_what_it_handled(queue: Queue) -> None:
    sent = message()
    SqsQueue(queue.client, queue.url).send(sent)
    backlog = SqsBacklog(queue.client, queue.url)

    (received,) = backlog.receive()
    backlog.handled([received.id])

    assert (received.message, received.receive_count) == (sent, 1)
    assert backlog.receive() == []


def test_a_message_shows_again_after_its_timeout_and_dies_after_its_receives() -> None:
    now = [0.0]
    sqs = SimulatedSqs([EVENTS], now=lambda: now[0])
    queue = Queue(sqs, queue_url(EVENTS))
    SqsQueue(queue.client, queue.url).send(message())

    counts = []
    for _ in range(EVENTS.max_receives):
        (received,) = receive(queue)
        counts.append(received["Attributes"]["ApproximateReceiveCount"])
        now[0] += EVENTS.visibility_timeout - 1
        assert receive(queue) == []
        now[0] += 1

    assert counts == ["1", "2", "3", "4", "5"]
    assert receive(queue) == []
    assert len(sqs.queues[queue.url].dead_letters) == 1
    assert sqs.redrive() == 1
    assert receive(queue)[0]["Attributes"]["ApproximateReceiveCount"] == "1"


def test_a_message_in_two_copies_is_received_twice_and_deleted_twice() -> None:
    queue = Queue(SimulatedSqs([EVENTS], moods=Moods(copies=lambda _: 2)), queue_url(EVENTS))
    SqsQueue(queue.client, queue.url).send(message())

    one, other = receive(queue)

    assert one["MessageId"] == other["MessageId"]
    assert one["ReceiptHandle"] != other["ReceiptHandle"]


def test_a_schedule_is_made_once_however_often_it_is_asked_for(scheduler: Any, name: str) -> None:
    bucket = datetime(2100, 1, 1, int(name.removeprefix("name-")) % 24, tzinfo=UTC)

    EventBridgeSchedules(scheduler, TARGET).ensure(bucket, 0)
    EventBridgeSchedules(scheduler, TARGET).ensure(bucket, 0)
    with pytest.raises(ClientError) as raised:
        EventBridgeSchedules(scheduler, TARGET)._create(f"due-{bucket:%Y%m%dT%H%M%SZ}-0", bucket, 0)

    assert raised.value.response["Error"]["Code"] == "ConflictException"


def test_a_schedule_tells_its_time_and_input() -> None:
    made: list[SimulatedSchedule] = []
    scheduler: Any = SimulatedScheduler(created=made.append)

    EventBridgeSchedules(scheduler, TARGET).ensure(START, 3)

    (schedule,) = made
    assert (schedule.at, schedule.input) == (START, {"kind": "due", "bucket": "2026-01-02T20:00:00Z", "shard": 3})


def test_parameters_are_made_once_and_read_back(ssm: Any, name: str) -> None:
    secrets = ParameterSecrets(client=ssm, master_name=f"/{name}/master", rsa_name=f"/{name}/rsa")

    with pytest.raises(SecretMissingError):
        secrets.master()
    made = secrets.ensure(CountedBytes())

    assert made == [f"/{name}/master", f"/{name}/rsa"]
    assert secrets.ensure(CountedBytes(iter(range(100, 200)))) == []
    assert secrets.master().value == CountedBytes()(32)
    secrets.delete()
    with pytest.raises(SecretMissingError):
        secrets.master()
