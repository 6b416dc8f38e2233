"""SQS standard queues as their client shows them, at least once and in no order."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from parcelhook.resources import Queue
from tests.simulation.cloud.refusals import expect, refusal

_MOST_IN_A_CALL = 10
_LONGEST_DELAY = 900
_LONGEST_MESSAGE_BYTES = 1024 * 1024
_SENT = frozenset({"QueueUrl", "MessageBody", "MessageGroupId", "DelaySeconds", "MessageAttributes"})
_ENTRY = frozenset({"Id", "MessageBody", "MessageGroupId", "DelaySeconds"})


@dataclass(slots=True)
class QueuedMessage:
    """A message that was not deleted yet."""

    id: str
    body: str
    sent_at: float
    receives: int = 0
    receipt: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Moods:
    """What a queue may do to a message. Each is drawn for each message; the defaults do nothing."""

    copies: Callable[[str], int] = lambda _: 1
    """How often a message is handed out. Copies share its id."""
    delay: Callable[[], float] = lambda: 0.0
    """Seconds until a sent message shows."""
    place: Callable[[int], int] = lambda _: 0
    """Which of so many visible ones comes next."""


@dataclass(slots=True)
class SimulatedQueue:
    """One queue. Messages are visible, or hidden until a time."""

    definition: Queue
    dead_letters: list[QueuedMessage] = field(default_factory=list)
    visible: list[QueuedMessage] = field(default_factory=list)
    hidden: list[tuple[float, int, QueuedMessage]] = field(default_factory=list)
    sent: Callable[[float], None] = lambda _: None
    """Is told when a message will be visible."""
    _count: int = 0

    def hide(self, message: QueuedMessage, until: float) -> None:
        """Shows a message only from then on."""
        self._count += 1
        heapq.heappush(self.hidden, (until, self._count, message))
        self.sent(until)

    def show(self, now: float) -> None:
        """Makes visible what is to be by now, or dead what was received too often."""
        while self.hidden and self.hidden[0][0] <= now:
            message = heapq.heappop(self.hidden)[2]
            if message.receipt == _DELETED:
                continue
            if message.receives >= self.definition.max_receives:
                self.dead_letters.append(message)
            else:
                self.visible.append(message)

    def waiting(self) -> int:
        """How many messages are in it, seen or not."""
        return len(self.visible) + sum(message.receipt != _DELETED for _, _, message in self.hidden)


_DELETED = "deleted"


class SimulatedSqs:
    """All queues of an account, by URL."""

    def __init__(
        self, queues: Iterable[Queue], *, now: Callable[[], float] = lambda: 0.0, moods: Moods | None = None
    ) -> None:
        self.queues = {queue_url(queue): SimulatedQueue(queue) for queue in queues}
        self.refused: dict[str, SimulatedQueue] = {}
        """Dead-letter queues that are sent to, by URL: an operator looks at those, and moves nothing back."""
        self._now, self._moods = now, moods or Moods()
        self._receipts: dict[str, QueuedMessage] = {}
        self._count = 0

    def keep_refusals(self, queue: Queue) -> str:
        """Gives a queue a dead-letter queue that can be sent to. Answers its URL."""
        definition = replace(queue, name=f"{queue.name}-dead-letters", max_receives=1_000)
        self.refused[queue_url(definition)] = SimulatedQueue(definition)
        return queue_url(definition)

    def send_message(self, **parameters: Any) -> dict[str, Any]:
        expect("SendMessage", parameters, _SENT)
        return {"MessageId": self._send("SendMessage", self._queue("SendMessage", parameters), parameters)}

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803
        operation = "SendMessageBatch"
        queue = self._queue(operation, {"QueueUrl": QueueUrl})
        ids = [entry["Id"] for entry in Entries]
        if not 1 <= len(ids) <= _MOST_IN_A_CALL:
            raise refusal("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", operation)
        if len(set(ids)) != len(ids):
            raise refusal("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", operation)
        told = []
        for entry in Entries:
            expect(operation, entry, _ENTRY)
            told.append({"Id": entry["Id"], "MessageId": self._send(operation, queue, entry)})
        return {"Successful": told}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int = 1, **parameters: Any) -> dict[str, Any]:  # noqa: N803
        known = frozenset({"WaitTimeSeconds", "MessageSystemAttributeNames", "MessageAttributeNames"})
        expect("ReceiveMessage", parameters, known)
        queue, now = self._queue("ReceiveMessage", {"QueueUrl": QueueUrl}), self._now()
        queue.show(now)
        received: list[dict[str, Any]] = []
        while queue.visible and len(received) < min(MaxNumberOfMessages, _MOST_IN_A_CALL):
            message = queue.visible.pop(self._moods.place(len(queue.visible)))
            message.receives += 1
            self._count += 1
            message.receipt = f"receipt-{self._count}"
            self._receipts[message.receipt] = message
            queue.hide(message, now + queue.definition.visibility_timeout)
            received.append(_received(message, parameters.get("MessageAttributeNames", ())))
        return {"Messages": received} if received else {}

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self._queue("DeleteMessageBatch", {"QueueUrl": QueueUrl})
        for entry in Entries:
            message = self._receipts.pop(entry["ReceiptHandle"], None)
            if message is not None and message.receipt == entry["ReceiptHandle"]:
                message.receipt = _DELETED
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    def redrive(self) -> int:
        """Moves all dead letters back, as an operator does when an outage is over. Answers how many."""
        moved = 0
        for queue in self.queues.values():
            letters, queue.dead_letters = queue.dead_letters, []
            for letter in letters:
                moved += 1
                queue.hide(QueuedMessage(letter.id, letter.body, letter.sent_at), self._now())
        return moved

    def _send(self, operation: str, queue: SimulatedQueue, parameters: Mapping[str, Any]) -> str:
        if len(parameters["MessageBody"].encode()) > _LONGEST_MESSAGE_BYTES:
            raise refusal("InvalidParameterValue", operation, "the message is too long")
        delay = parameters.get("DelaySeconds", 0)
        if not 0 <= delay <= _LONGEST_DELAY:
            raise refusal("InvalidParameterValue", operation, "DelaySeconds must be 0 to 900")
        self._count += 1
        message_id, now = f"message-{self._count}", self._now()
        attributes = parameters.get("MessageAttributes", {})
        for _ in range(self._moods.copies(parameters["MessageBody"])):
            message = QueuedMessage(message_id, parameters["MessageBody"], now, attributes=attributes)
            queue.hide(message, now + delay + self._moods.delay())
        return message_id

    def _queue(self, operation: str, parameters: Mapping[str, Any]) -> SimulatedQueue:
        url = parameters["QueueUrl"]
        queue = self.queues.get(url) or self.refused.get(url)
        if queue is None:
            raise refusal("AWS.SimpleQueueService.NonExistentQueue", operation, f"there is no queue {url}")
        return queue


def _received(message: QueuedMessage, names: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "MD5OfBody": "",
        "Attributes": {"ApproximateReceiveCount": str(message.receives)},
    }
    wanted = {name: value for name, value in message.attributes.items() if "All" in names or name in names}
    return told | ({"MessageAttributes": wanted} if wanted else {})


def queue_url(queue: Queue) -> str:
    """Where a queue is."""
    return f"https://sqs.simulated/{queue.name}"
