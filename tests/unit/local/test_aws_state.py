"""What moto holds survives a restart, and only once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from local import aws_state, layout, provision
from local.aws import Aws
from parcelhook.resources import EVENTS, REGISTRY

SESSION = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1")


@pytest.fixture
def endpoint() -> Iterator[str]:
    forget()
    server = Aws()
    server.start()
    yield server.endpoint
    server.stop()
    forget()


def forget() -> None:
    for service in aws_state.KEPT:
        get_backend(service).reset()


def test_saved_state_is_all_there_again(endpoint: str, tmp_path: Path) -> None:
    dynamodb = SESSION.client("dynamodb", endpoint_url=endpoint)
    sqs = SESSION.client("sqs", endpoint_url=endpoint)
    scheduler = SESSION.client("scheduler", endpoint_url=endpoint)
    ssm = SESSION.client("ssm", endpoint_url=endpoint)
    provision.create_tables(dynamodb)
    provision.create_queues(sqs)
    provision.create_schedules(scheduler, sweep_minutes=5, role_arn="arn:aws:iam::123456789012:role/scheduler")
    item: dict[str, Any] = {"pk": {"S": "a"}, "sk": {"S": "b"}, "blob": {"B": b"\0\xff"}}
    dynamodb.put_item(TableName=layout.table_name(REGISTRY), Item=item)
    ssm.put_parameter(Name="/secret", Value="x", Type="SecureString")
    queue = layout.queue_url(layout.queue_name(EVENTS))
    sqs.send_message(QueueUrl=queue, MessageBody="received")
    received = sqs.receive_message(QueueUrl=queue)["Messages"][0]
    sqs.send_message(QueueUrl=queue, MessageBody="waiting")

    aws_state.save(tmp_path / "aws.state")
    forget()
    assert dynamodb.list_tables()["TableNames"] == []
    assert aws_state.restore(tmp_path / "aws.state") is True

    key = {"pk": item["pk"], "sk": item["sk"]}
    assert dynamodb.get_item(TableName=layout.table_name(REGISTRY), Key=key)["Item"] == item
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "x"
    names = [each["Name"] for each in scheduler.list_schedules(GroupName=layout.SCHEDULE_GROUP)["Schedules"]]
    assert names == [layout.SWEEP_SCHEDULE]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in messages] == ["waiting"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=received["ReceiptHandle"])
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_state_is_restored_once(endpoint: str, tmp_path: Path) -> None:
    aws_state.save(tmp_path / "aws.state")
    assert (tmp_path / "aws.state").stat().st_mode & 0o777 == 0o600
    assert aws_state.restore(tmp_path / "aws.state") is True
    assert list(tmp_path.iterdir()) == []
    assert aws_state.restore(tmp_path / "aws.state") is False
