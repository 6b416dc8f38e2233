"""Lambda's event source mapping for SQS: receives a batch, invokes the function, deletes what it handled."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from local import layout
from local.lambdas import Handler, invoke
from local.sqs_event import MalformedResponseError, failed_ids, to_event
from parcelhook.resources import Mapping

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

_MOST_IN_A_CALL = 10


class EventSource:
    """One mapping. What fails is left in the queue and shows again after its visibility timeout."""

    def __init__(self, client: SQSClient, mapping: Mapping, handler: Handler) -> None:
        self._client = client
        self._mapping = mapping
        self._handler = handler
        name = layout.queue_name(mapping.queue)
        self._url = layout.queue_url(name)
        self._arn = layout.queue_arn(name)

    def poll(self) -> bool:
        """Whether there was anything to do."""
        messages = self._receive()
        if not messages:
            return False
        try:
            result = invoke(self._handler, self._mapping.function, to_event(messages, self._arn))
            failed = failed_ids(result, {message["MessageId"] for message in messages})
        except MalformedResponseError as error:
            print(f"{self._mapping.function.name}: the whole batch fails: {error}", flush=True)
        except Exception:
            traceback.print_exc()
        else:
            self._delete([message for message in messages if message["MessageId"] not in failed])
        return True

    def _receive(self) -> list[MessageTypeDef]:
        messages: list[MessageTypeDef] = []
        while (wanted := self._mapping.batch_size - len(messages)) > 0:
            # Long polling would keep everyone else's calls to moto waiting.
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(wanted, _MOST_IN_A_CALL),
                WaitTimeSeconds=0,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            received = answer.get("Messages", [])
            messages += received
            if len(received) < _MOST_IN_A_CALL:
                break
        return messages

    def _delete(self, messages: Sequence[MessageTypeDef]) -> None:
        for first in range(0, len(messages), _MOST_IN_A_CALL):
            some = messages[first : first + _MOST_IN_A_CALL]
            self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(some)
                ],
            )
