"""Queues hold rubbish; it is put aside and nothing else is lost."""

from local import layout
from local.testing import RunningStack, messages_in, sqs_of, wait_for
from parcelhook.resources import EVENTS
from tests.e2e.client import Client
from tests.e2e.faults.books import PATIENCE


def test_poisoned_message_ends_in_the_dead_letter_queue_and_others_arrive(client: Client, stack: RunningStack) -> None:
    sqs = sqs_of(stack)
    queue, dead_letters = layout.queue_name(EVENTS), layout.dead_letter_name(EVENTS)
    webhook_id = client.subscribe("order_source_refresh_complete", client.bin_url("unharmed"))
    for body in ("", "not JSON", '{"version": 999}'):
        sqs.send_message(QueueUrl=layout.queue_url(queue), MessageBody=body or "{}")
    for _ in range(3):
        client.publish("order_source.refreshed", {"order_source_id": "se-1"})
    client.arrived("unharmed", 3)
    wait_for(lambda: messages_in(sqs, dead_letters) == 3, seconds=PATIENCE, what="3 messages in the dead-letter queue")
    wait_for(lambda: messages_in(sqs, queue) == 0, seconds=PATIENCE, what="an empty queue")
    assert len(client.arrived("unharmed", 3)) == 3
    assert client.delivery(webhook_id, "delivered")["attempts"][0]["number"] == 1
