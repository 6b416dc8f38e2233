"""The queue of events, for a worker that slow endpoints keep waiting and that goes on receiving meanwhile."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.errors import PoisonedMessageError
from parcelhook.messages import decode
from parcelhook.storage.failures import translated
from parcelhook.storage.table import in_parts

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef, MessageTypeDef

_LOGGER = logging.getLogger(__name__)

MOST_RECEIVED = 10
"""So many messages does SQS hand out in one call."""


class Backlog(Protocol):
    """What waits for a worker. Both raise `UnavailableError`."""

    def receive(self) -> list[ReceivedMessage]:
        """Up to `MOST_RECEIVED` messages, none of which anybody else has."""
        ...

    def handled(self, ids: Sequence[str]) -> None:
        """Takes received messages, by their ids, out of the queue. What is left in it comes again."""
        ...


@dataclass(slots=True)
class SqsBacklog:
    """As an event source mapping does it, but for one worker."""

    client: "SQSClient"
    url: str
    _receipts: dict[str, str] = field(default_factory=dict)

    def receive(self) -> list[ReceivedMessage]:
        with translated():
            answer = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=MOST_RECEIVED,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        return list(self._readable(answer.get("Messages", [])))

    def handled(self, ids: Sequence[str]) -> None:
        # A message that was handed out twice is gone from the queue with its newest receipt, and counts once.
        receipts = [receipt for each in ids if (receipt := self._receipts.pop(each, None))]
        for part in in_parts(receipts, MOST_RECEIVED):
            entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": receipt} for number, receipt in enumerate(part)
            ]
            with translated():
                self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def _readable(self, messages: Sequence["MessageTypeDef"]) -> Iterator[ReceivedMessage]:
        for each in messages:
            try:
                message = decode(each["Body"])
            except PoisonedMessageError:
                # It comes again, at last to whoever puts it among the dead letters.
                _LOGGER.exception("message cannot be read")
                continue
            self._receipts[each["MessageId"]] = each["ReceiptHandle"]
            count = int(each["Attributes"]["ApproximateReceiveCount"])
            yield ReceivedMessage(id=each["MessageId"], message=message, receive_count=count)
