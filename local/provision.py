"""Creates in moto what `parcelhook.resources` says there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local import layout
from parcelhook.resources import QUEUES, RETRY, TABLES, Index, Queue, Table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_scheduler import EventBridgeSchedulerClient
    from types_boto3_sqs import SQSClient


def create_tables(client: DynamoDBClient) -> None:
    for table in TABLES:
        client.create_table(**table_arguments(table))
        if table.expiry_attribute:
            client.update_time_to_live(
                TableName=layout.table_name(table),
                TimeToLiveSpecification={"Enabled": True, "AttributeName": table.expiry_attribute},
            )


def table_arguments(table: Table) -> dict[str, Any]:
    """What `CreateTable` takes."""
    arguments: dict[str, Any] = {
        "TableName": layout.table_name(table),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(table),
        "AttributeDefinitions": [
            {"AttributeName": key["AttributeName"], "AttributeType": "S"}
            for schema in (_key_schema(table), *map(_key_schema, table.indexes))
            for key in schema
        ],
    }
    if table.indexes:
        arguments["GlobalSecondaryIndexes"] = [
            {"IndexName": index.name, "KeySchema": _key_schema(index), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for index in table.indexes
        ]
    return arguments


def _key_schema(keyed: Table | Index) -> list[dict[str, str]]:
    return [
        {"AttributeName": keyed.partition_key, "KeyType": "HASH"},
        {"AttributeName": keyed.sort_key, "KeyType": "RANGE"},
    ]


def create_queues(client: SQSClient, *, visibility_timeout: int | None = None) -> None:
    """Each queue and its dead-letter queue. `visibility_timeout` in seconds, in place of the defined ones."""
    for queue in QUEUES:
        client.create_queue(
            QueueName=layout.dead_letter_name(queue),
            Attributes={"MessageRetentionPeriod": str(queue.dead_letter_retention)},
        )
        client.create_queue(
            QueueName=layout.queue_name(queue),
            Attributes={
                "VisibilityTimeout": str(visibility_timeout or queue.visibility_timeout),
                "RedrivePolicy": _redrive_policy(queue),
            },
        )


def _redrive_policy(queue: Queue) -> str:
    dead_letters = layout.queue_arn(layout.dead_letter_name(queue))
    return json.dumps({"deadLetterTargetArn": dead_letters, "maxReceiveCount": queue.max_receives})


def create_schedules(client: EventBridgeSchedulerClient, *, sweep_minutes: int, role_arn: str) -> None:
    """The group for due buckets, and the safety net's own schedule."""
    client.create_schedule_group(Name=layout.SCHEDULE_GROUP)
    client.create_schedule(
        GroupName=layout.SCHEDULE_GROUP,
        Name=layout.SWEEP_SCHEDULE,
        ScheduleExpression=f"rate({sweep_minutes} minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": layout.function_arn(RETRY),
            "RoleArn": role_arn,
            "Input": json.dumps({"kind": "sweep"}),
        },
    )
