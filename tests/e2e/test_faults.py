"""Processes die and queues hold rubbish; nothing is lost."""

import os
import signal

import boto3
from types_boto3_sqs import SQSClient

from local import layout
from local.testing import RunningStack, wait_for
from parcelhook.resources import EVENTS
from tests.e2e.client import PATIENCE, Client


def test_worker_killed_in_the_middle_of_a_post_delivers_after_all(client: Client, stack: RunningStack) -> None:
    webhook_id = client.subscribe("rate", client.bin_url("killed", "?delay=1"))
    client.publish("rates.updated", {"shipment_id": "se-2120221"})
    client.arrived("killed")
    workers = stack.state["processes"]["dispatch"]
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    requests = client.arrived("killed", 2)
    assert len({request["headers"]["webhook-id"] for request in requests}) == 1
    assert client.delivery(webhook_id, "delivered")["attempts"][-1]["status_code"] == 200
    assert not set(workers) & set(stack.state["processes"]["dispatch"])


def test_front_killed_answers_again_and_forgets_nothing(client: Client, stack: RunningStack) -> None:
    webhook_id = client.subscribe("report_complete", client.bin_url("restarted"))
    front = stack.state["processes"]["front"]
    os.kill(front, signal.SIGKILL)
    wait_for(
        lambda: stack.state["processes"]["front"] not in {None, front}, seconds=PATIENCE, what="the front's restart"
    )
    assert client.get(f"/v1/environment/webhooks/{webhook_id}")["event"] == "report_complete"
    client.publish("report.completed", {"report_type": "shipments", "report_url": "https://reports.example.com/1"})
    assert len(client.arrived("restarted")) == 1


def test_poisoned_message_ends_in_the_dead_letter_queue_and_others_arrive(client: Client, stack: RunningStack) -> None:
    sqs = sqs_of(stack)
    queue, dead_letters = layout.queue_name(EVENTS), layout.dead_letter_name(EVENTS)
    webhook_id = client.subscribe("order_source_refresh_complete", client.bin_url("unharmed"))
    for body in ("", "not JSON", '{"version": 999}'):
        sqs.send_message(QueueUrl=layout.queue_url(queue), MessageBody=body or "{}")
    for _ in range(3):
        client.publish("order_source.refreshed", {"order_source_id": "se-1"})
    client.arrived("unharmed", 3)
    wait_for(lambda: count(sqs, dead_letters) == 3, seconds=30, what="3 messages in the dead-letter queue")
    assert count(sqs, queue) == 0
    assert len(client.arrived("unharmed", 3)) == 3
    assert client.delivery(webhook_id, "delivered")["attempts"][0]["number"] == 1


def sqs_of(stack: RunningStack) -> SQSClient:
    session = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=layout.REGION)
    return session.client("sqs", endpoint_url=stack.state["aws_endpoint_url"])


def count(sqs: SQSClient, name: str) -> int:
    """How many messages a queue holds, hidden ones too."""
    attributes = sqs.get_queue_attributes(QueueUrl=layout.queue_url(name), AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])
