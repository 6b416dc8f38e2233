"""An event source mapping as AWS describes it: pollers that gather batches, and functions that they wait for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from parcelhook.resources import Mapping
from tests.simulation.cloud.sqs import SimulatedQueue, SimulatedSqs, queue_url
from tests.simulation.loop import SimulatedLoop

# AWS begins with so many connections that poll at once.
_GATHERING = 5
_MOST_IN_A_CALL = 10

Handle = Callable[[Mapping, list[dict[str, Any]]], Awaitable[dict[str, Any]]]


@dataclass(slots=True, eq=False)
class _Batch:
    messages: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Pollers:
    """Receives for one mapping, and deletes what was handled. At most `max_concurrency` gather or run."""

    mapping: Mapping
    sqs: SimulatedSqs
    loop: SimulatedLoop
    handle: Handle
    running: int = 0
    _gathering: list[_Batch] = field(default_factory=list)
    _turn: int = 0

    def start(self) -> None:
        """From here on it is told of messages."""
        self._queue.sent = lambda at: self.loop.call_at(at, self._offer)  # type: ignore[assignment]

    @property
    def _queue(self) -> SimulatedQueue:
        return self.sqs.queues[queue_url(self.mapping.queue)]

    def _offer(self) -> None:
        """Gives what is visible to those that gather, each in turn."""
        queue = self._queue
        queue.show(self.loop.seconds)
        while queue.visible:
            batch = self._next()
            if batch is None:
                return
            wanted = min(_MOST_IN_A_CALL, self.mapping.batch_size - len(batch.messages))
            answer = self.sqs.receive_message(QueueUrl=queue_url(self.mapping.queue), MaxNumberOfMessages=wanted)
            received = answer.get("Messages", [])
            if not received:
                return
            batch.messages += received
            if len(batch.messages) >= self.mapping.batch_size or not self.mapping.batching_window:
                self._close(batch)

    def _next(self) -> _Batch | None:
        room = self.mapping.max_concurrency - self.running - len(self._gathering)
        if len(self._gathering) < _GATHERING and room > 0:
            batch = _Batch()
            self._gathering.append(batch)
            if self.mapping.batching_window:
                self.loop.call_later(self.mapping.batching_window, self._close, batch)
            return batch
        if not self._gathering:
            return None
        self._turn += 1
        return self._gathering[self._turn % len(self._gathering)]

    def _close(self, batch: _Batch) -> None:
        if batch not in self._gathering:
            return
        self._gathering.remove(batch)
        if batch.messages:
            self.running += 1
            self.loop.create_task(self._run(batch.messages))

    async def _run(self, messages: list[dict[str, Any]]) -> None:
        records = [
            {"messageId": each["MessageId"], "body": each["Body"], "attributes": each["Attributes"]}
            for each in messages
        ]
        answer = await self.handle(self.mapping, records)
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        done = [each for each in messages if each["MessageId"] not in failed]
        await asyncio.sleep(0)
        for first in range(0, len(done), _MOST_IN_A_CALL):
            part = done[first : first + _MOST_IN_A_CALL]
            entries = [{"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]} for number, each in enumerate(part)]
            self.sqs.delete_message_batch(QueueUrl=queue_url(self.mapping.queue), Entries=entries)
        self.running -= 1
        self._offer()
