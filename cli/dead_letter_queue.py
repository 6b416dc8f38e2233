"""A dead-letter queue: how much lies in it, what, and how it goes back to where it came from."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.failures import CommandError
from parcelhook.errors import PoisonedMessageError
from parcelhook.messages import (
    DeliveriesMessage,
    EraseMessage,
    EventsMessage,
    ManualRetryMessage,
    Message,
    RecoverMessage,
    decode,
)
from parcelhook.model.event import event_id
from parcelhook.refused_publications import ERROR, REASON
from parcelhook.resources import INGESTION

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

_BATCH = 10
# Of messages that are only looked at, in case the look is interrupted; of those that are moved one by one.
_LOOK_SECONDS, _MOVE_SECONDS = 30, 120
_POLL_SECONDS = 2.0
# With these SQS says that it does not move messages itself, or not for these credentials.
_CANNOT_MOVE = ("AccessDenied", "AccessDeniedException", "InvalidAction", "UnsupportedOperation", "UnknownOperation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a dead-letter queue is, and where its messages came from."""

    name: str
    url: str
    source_url: str | None
    """None for what EventBridge Scheduler could not start: that comes from no queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message as far as it may be told: without the data of its events."""

    id: str
    sent_at: datetime
    receives: int
    kind: str
    account_id: str | None
    about: tuple[str, ...]
    """Ids of events, deliveries, or a recovery."""
    error: str | None
    reason: str | None
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterQueue:
    """Its calls raise `CommandError`."""

    place: Place
    client: "SQSClient"
    moves: bool = True
    """Whether this SQS can move messages itself; the laptop's cannot."""
    sleep: Callable[[float], None] = field(default=time.sleep)

    def count(self) -> int:
        """About how many messages are in it; SQS counts nothing exactly."""
        with _translated():
            answer = self.client.get_queue_attributes(
                QueueUrl=self.place.url,
                AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
            )
        attributes = answer["Attributes"]
        visible = attributes["ApproximateNumberOfMessages"]
        return int(visible) + int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def look(self, most: int) -> list[DeadLetter]:
        """Up to `most` messages. They stay, and can be received again at once."""
        seen: dict[str, MessageTypeDef] = {}
        with _translated():
            while len(seen) < most:
                received = self._receive(min(_BATCH, most - len(seen)), _LOOK_SECONDS)
                if not received:
                    break
                seen |= {message["MessageId"]: message for message in received}
            for message in seen.values():
                self.client.change_message_visibility(
                    QueueUrl=self.place.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
        return [_described(self.place, message) for message in seen.values()]

    def redrive(self) -> int:
        """Sends everything back to the queue it came from. Answers how many messages that were.

        SQS moves them itself where it can; else they are received, sent and deleted one by one. Whoever is interrupted
        in between leaves a message in both, which does no harm: what is recorded is not sent again.
        """
        if self.place.source_url is None:
            return self.delete()
        if self.moves:
            with suppress(_CannotMoveError):
                return self._moved_by_sqs(self.place.source_url)
        return sum(1 for _ in self._moved(self.place.source_url))

    def delete(self) -> int:
        """Deletes everything for good. Answers how many messages that were."""
        return sum(1 for _ in self._moved(None))

    def _moved(self, url: str | None) -> Iterator[None]:
        """Sends each message to `url`, or nowhere, and deletes it here."""
        with _translated():
            while received := self._receive(_BATCH, _MOVE_SECONDS):
                for message in received:
                    if url:
                        self._send(url, message)
                    self.client.delete_message(QueueUrl=self.place.url, ReceiptHandle=message["ReceiptHandle"])
                    yield

    def _send(self, url: str, message: "MessageTypeDef") -> None:
        """Without the reason that it was refused for: it may be taken this time, or refused for another."""
        group = message["Attributes"].get("MessageGroupId")
        tenant: Any = {"MessageGroupId": group} if group else {}
        self.client.send_message(QueueUrl=url, MessageBody=message["Body"], **tenant)

    def _receive(self, most: int, hidden_seconds: int) -> "list[MessageTypeDef]":
        answer = self.client.receive_message(
            QueueUrl=self.place.url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=hidden_seconds,
            # Asks all of SQS's servers; without a wait, some would be passed over.
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _moved_by_sqs(self, url: str) -> int:
        with _translated(_CANNOT_MOVE):
            here, there = self._arn(self.place.url), self._arn(url)
            if self._latest_task(here).get("Status") != "RUNNING":
                # Named, because messages that were sent straight to the dead-letter queue remember no source.
                self.client.start_message_move_task(SourceArn=here, DestinationArn=there)
            while (task := self._latest_task(here)).get("Status") in {"RUNNING", "CANCELLING"}:
                self.sleep(_POLL_SECONDS)
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        if task.get("Status") != "COMPLETED":
            reason = task.get("FailureReason") or task.get("Status")
            raise CommandError(f"SQS moved {moved} messages of {self.place.name}, then stopped: {reason}.")
        return moved

    def _latest_task(self, arn: str) -> Any:
        found = self.client.list_message_move_tasks(SourceArn=arn, MaxResults=1)["Results"]
        return found[0] if found else {}

    def _arn(self, url: str) -> str:
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]


class _CannotMoveError(Exception):
    """Raised where SQS does not move messages itself."""


@contextmanager
def _translated(cannot_move: tuple[str, ...] = ()) -> Iterator[None]:
    """Turns errors of AWS into ours; with a code of `cannot_move` into `_CannotMoveError`."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "").rpartition(".")[2]
        if code in cannot_move:
            raise _CannotMoveError from error
        raise CommandError(f"SQS answered {code}: {error}") from error
    except BotoCoreError as error:
        raise CommandError(f"SQS cannot be asked: {error}") from error


def _described(place: Place, message: "MessageTypeDef") -> DeadLetter:
    system, own = message["Attributes"], message.get("MessageAttributes") or {}
    kind, account_id, about = _told(place, message["Body"])
    return DeadLetter(
        id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        receives=int(system["ApproximateReceiveCount"]),
        kind=kind,
        account_id=account_id or system.get("MessageGroupId"),
        about=about,
        error=own[ERROR].get("StringValue") if ERROR in own else None,
        reason=own[REASON].get("StringValue") if REASON in own else None,
        body=message["Body"],
    )


def _told(place: Place, body: str) -> tuple[str, str | None, tuple[str, ...]]:
    """What kind of thing it is, whose, and about what."""
    if place.source_url is None:
        return "schedule", None, ()
    if place.name == INGESTION.name:
        return "publication", _publisher(body), ()
    try:
        return _of(decode(body))
    except PoisonedMessageError:
        return "unreadable", None, ()


def _of(message: Message) -> tuple[str, str | None, tuple[str, ...]]:
    match message:
        case EventsMessage():
            return "events", message.account_id, tuple(event.id for event in message.events)
        case DeliveriesMessage():
            return "deliveries", message.account_id, tuple(key.id for key in message.deliveries)
        case RecoverMessage():
            return "recovery", message.account_id, (message.recovery.id,)
        case ManualRetryMessage():
            return "manual retry", message.account_id, (message.delivery.id,)
        case EraseMessage():
            return "erasure", message.account_id, (event_id(message.event.ulid),)


def _publisher(body: str) -> str | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    account_id = content.get("account_id") if isinstance(content, dict) else None
    return account_id if isinstance(account_id, str) else None
