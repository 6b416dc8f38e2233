"""moto holds what `parcelhook.resources` defines."""

import json

import boto3
import pytest

from local import layout, provision
from parcelhook.resources import QUEUES, RETRY, TABLES, Queue, Table


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_table_is_as_defined(table: Table) -> None:
    client = boto3.client("dynamodb")
    provision.create_tables(client)
    made = client.describe_table(TableName=layout.table_name(table))["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in made["KeySchema"]] == [
        (table.partition_key, "HASH"),
        (table.sort_key, "RANGE"),
    ]
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert {
        index["IndexName"]: (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for index in made.get("GlobalSecondaryIndexes", [])
    } == {index.name: ([index.partition_key, index.sort_key], "KEYS_ONLY") for index in table.indexes}
    assert {definition["AttributeType"] for definition in made["AttributeDefinitions"]} == {"S"}
    expiry = client.describe_time_to_live(TableName=layout.table_name(table))["TimeToLiveDescription"]
    assert expiry.get("AttributeName") == table.expiry_attribute


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_queue_and_its_dead_letter_queue_are_as_defined(queue: Queue) -> None:
    client = boto3.client("sqs")
    provision.create_queues(client)
    name = layout.queue_name(queue)
    assert client.get_queue_url(QueueName=name)["QueueUrl"] == layout.queue_url(name)
    made = client.get_queue_attributes(QueueUrl=layout.queue_url(name), AttributeNames=["All"])["Attributes"]
    dead = client.get_queue_attributes(
        QueueUrl=layout.queue_url(layout.dead_letter_name(queue)), AttributeNames=["All"]
    )["Attributes"]
    assert made["QueueArn"] == layout.queue_arn(name)
    assert made["VisibilityTimeout"] == str(queue.visibility_timeout)
    assert json.loads(made["RedrivePolicy"]) == {
        "deadLetterTargetArn": dead["QueueArn"],
        "maxReceiveCount": queue.max_receives,
    }
    assert dead["MessageRetentionPeriod"] == str(queue.dead_letter_retention)


@pytest.mark.usefixtures("aws")
def test_queues_take_another_visibility_timeout() -> None:
    client = boto3.client("sqs")
    provision.create_queues(client, visibility_timeout=3)
    url = layout.queue_url(layout.queue_name(QUEUES[0]))
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "3"


@pytest.mark.usefixtures("aws")
def test_sweep_is_scheduled_for_the_retry_function() -> None:
    client = boto3.client("scheduler")
    provision.create_schedules(client, sweep_minutes=5, role_arn="arn:aws:iam::123456789012:role/scheduler")
    schedule = client.get_schedule(GroupName=layout.SCHEDULE_GROUP, Name=layout.SWEEP_SCHEDULE)
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    assert schedule["Target"]["Arn"] == layout.function_arn(RETRY)
    assert json.loads(schedule["Target"]["Input"]) == {"kind": "sweep"}
