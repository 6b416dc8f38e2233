"""The event that Lambda makes of SQS messages, and how it reads the answer."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from local.layout import REGION

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef


class MalformedResponseError(Exception):
    """Raised when Lambda could not tell from an answer which messages failed; it then takes all of them for failed."""


def to_event(messages: Sequence[MessageTypeDef], queue_arn: str) -> dict[str, Any]:
    return {"Records": [_record(message, queue_arn) for message in messages]}


def _record(message: MessageTypeDef, queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def failed_ids(result: object, sent: AbstractSet[str]) -> set[str]:
    """The ids of the messages that failed. Raises `MalformedResponseError` by Lambda's rules."""
    if not result:
        return set()
    if not isinstance(result, dict) or "batchItemFailures" not in result:
        raise MalformedResponseError("the answer has no batchItemFailures")
    failures = result["batchItemFailures"]
    if failures is None:
        return set()
    if not isinstance(failures, list):
        raise MalformedResponseError("batchItemFailures is not a list")
    return {_identifier(failure, sent) for failure in failures}


def _identifier(failure: object, sent: AbstractSet[str]) -> str:
    identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    if not isinstance(identifier, str) or identifier not in sent:
        raise MalformedResponseError(f"{identifier!r} is not the id of a message in the batch")
    return identifier
