"""Publishes an event from inside AWS, without an API key: by IAM, on the ingestion queue or the event bus of a stage.

The caller's role needs `sqs:SendMessage` on the queue, or `events:PutEvents` on the bus. Both are outputs of the stack:

    python publish_from_aws.py queue ACCOUNT_ID QUEUE_URL
    python publish_from_aws.py bus ACCOUNT_ID BUS_NAME
"""

import json
import sys
from typing import Any

import boto3

# The id makes it safe to send twice.
EVENT: dict[str, Any] = {
    "id": "parcel-1-in-transit",
    "type": "tracking.updated",
    "data": {"tracking_number": "1Z999AA10123456784", "carrier": "ups", "status": "in_transit"},
}


def as_message(account_id: str, event: dict[str, Any]) -> str:
    """The body of a queue message. `events` may be a list, of at most 100."""
    return json.dumps({"account_id": account_id, "mode": "live", "events": event})


def as_event(account_id: str, event: dict[str, Any], bus: str) -> dict[str, Any]:
    """An entry of `PutEvents`. Source and type are yours to choose; the detail is what a queue message says."""
    return {
        "EventBusName": bus,
        "Source": "com.example.shipping",
        "DetailType": event["type"],
        "Detail": as_message(account_id, event),
    }


def main(way: str, account_id: str, name: str) -> None:
    if way == "queue":
        boto3.client("sqs").send_message(QueueUrl=name, MessageBody=as_message(account_id, EVENT))
        return
    entry: Any = as_event(account_id, EVENT, name)
    answer = boto3.client("events").put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise SystemExit(f"EventBridge did not take it: {answer['Entries']}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
