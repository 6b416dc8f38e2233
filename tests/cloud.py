"""AWS for a test, with what `parcelhook.resources` defines, new for each who asks."""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from local import layout, provision
from parcelhook import resources
from parcelhook.storage.table import DynamoTable
from tests.fakes import MOTO, ObservedClient

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient


@dataclass(frozen=True, slots=True)
class Cloud:
    """An AWS account, shared by the tests of a module."""

    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    ssm: "SSMClient"
    turns: AbstractContextManager[object] = MOTO
    """What each call of it is made in."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def table(self, definition: resources.Table) -> tuple[DynamoTable, ObservedClient]:
        """A new, empty table, and the client that it is used with."""
        name = f"{definition.name}-{next(self._numbers)}"
        self.dynamodb.create_table(**(provision.table_arguments(definition) | {"TableName": name}))
        client: Any = ObservedClient(self.dynamodb, self.turns)
        return DynamoTable(client, name), client

    def queue_url(self) -> str:
        """Where a new, empty queue is."""
        return self.sqs.create_queue(QueueName=f"queue-{next(self._numbers)}")["QueueUrl"]

    def messages(self, queue_url: str) -> list[str]:
        """The bodies of up to ten messages."""
        received = self.sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
        return [message["Body"] for message in received.get("Messages", [])]

    def rows(self, table: DynamoTable) -> list[dict[str, Any]]:
        """All items, as they are stored."""
        return list(self.dynamodb.scan(TableName=table.name)["Items"])


@contextmanager
def open_cloud() -> Iterator[Cloud]:
    """An empty AWS account on moto."""
    with mock_aws():
        yield connect()


def connect() -> Cloud:
    """The AWS that the environment leads to."""
    return Cloud(
        dynamodb=boto3.client("dynamodb", region_name=layout.REGION),
        sqs=boto3.client("sqs", region_name=layout.REGION),
        ssm=boto3.client("ssm", region_name=layout.REGION),
    )
