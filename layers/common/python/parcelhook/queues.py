"""Sending to SQS. Receiving is the event source mapping's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from parcelhook import messages
from parcelhook.collaborators import collaborator
from parcelhook.errors import UnavailableError
from parcelhook.messages import Message
from parcelhook.storage.failures import translated
from parcelhook.storage.table import in_parts

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

LONGEST_MESSAGE_BYTES = 1024 * 1024
_BATCH = 10
_ROUNDS = 3


class Queue(Protocol):
    """Takes messages. Once `send` returns, they are safe."""

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        """Sends one message, which is taken whole or not at all, to be received after 0 to 900 seconds.

        Raises `UnavailableError`.
        """
        ...

    def send_many(self, batch: Sequence[Message]) -> None:
        """Sends all. Raises `UnavailableError` when some were not taken; others may have been."""
        ...


@collaborator
class SqsQueue:
    """A standard queue, fair between accounts: a message group is not an order, but a tenant."""

    client: "SQSClient"
    url: str

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        with translated():
            self.client.send_message(
                QueueUrl=self.url,
                MessageBody=messages.encode(message),
                MessageGroupId=message.account_id,
                DelaySeconds=delay_seconds,
            )

    def send_many(self, batch: Sequence[Message]) -> None:
        for part in in_parts(batch, _BATCH):
            self._send_part(part)

    def _send_part(self, part: Sequence[Message]) -> None:
        pending: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": messages.encode(message), "MessageGroupId": message.account_id}
            for number, message in enumerate(part)
        ]
        for _ in range(_ROUNDS):
            with translated():
                answer = self.client.send_message_batch(QueueUrl=self.url, Entries=pending)
            refused = {failure["Id"] for failure in answer.get("Failed", [])}
            pending = [entry for entry in pending if entry["Id"] in refused]
            if not pending:
                return
        raise UnavailableError("SQS did not take a whole batch of messages.")
