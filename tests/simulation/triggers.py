"""What starts functions: event source mappings and schedules."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from parcelhook.resources import Mapping
from tests.simulation.cloud.scheduler import SimulatedSchedule, SimulatedScheduler
from tests.simulation.cloud.sqs import SimulatedSqs, queue_url
from tests.simulation.functions import InvocationFailed
from tests.simulation.surroundings import Surroundings

# EventBridge Scheduler is precise to a minute.
PRECISION_SECONDS = 60.0
# Between two calls of a function that failed.
_RETRY_SECONDS = 60.0

Handle = Callable[[Mapping, list[dict[str, Any]]], Awaitable[dict[str, Any]]]


@dataclass(slots=True)
class Poller:
    """An event source mapping: receives batches, and deletes what was handled."""

    mapping: Mapping
    sqs: SimulatedSqs
    surroundings: Surroundings
    handle: Handle
    busy: int = 0

    def start(self) -> None:
        """From here on it is told of messages."""
        self.sqs.queues[queue_url(self.mapping.queue)].sent = self._coming

    def _coming(self, at: float) -> None:
        loop, window = self.surroundings.loop, self.mapping.batching_window
        loop.call_at(at + window, self._receive)
        if window:
            loop.call_at(at, self._receive_full)

    def _receive_full(self) -> None:
        queue = self.sqs.queues[queue_url(self.mapping.queue)]
        queue.show(self.surroundings.loop.seconds)
        if len(queue.visible) >= self.mapping.batch_size:
            self._receive()

    def _receive(self) -> None:
        while self.busy < self.mapping.max_concurrency:
            messages: list[dict[str, Any]] = []
            while len(messages) < self.mapping.batch_size:
                wanted = min(10, self.mapping.batch_size - len(messages))
                url = queue_url(self.mapping.queue)
                received = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=wanted).get("Messages", [])
                messages += received
                if len(received) < wanted:
                    break
            if not messages:
                return
            self.busy += 1
            self.surroundings.loop.create_task(self._run(messages))

    async def _run(self, messages: list[dict[str, Any]]) -> None:
        records = [
            {"messageId": each["MessageId"], "body": each["Body"], "attributes": each["Attributes"]}
            for each in messages
        ]
        try:
            answer = await self.handle(self.mapping, records)
        except InvocationFailed:
            failed = {each["MessageId"] for each in messages}
        else:
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        done = [each for each in messages if each["MessageId"] not in failed]
        for first in range(0, len(done), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]}
                for number, each in enumerate(done[first : first + 10])
            ]
            self.sqs.delete_message_batch(QueueUrl=queue_url(self.mapping.queue), Entries=entries)
        self.busy -= 1
        self._receive()


@dataclass(slots=True)
class ScheduleRunner:
    """Fires schedules: late, twice, once, or never."""

    scheduler: SimulatedScheduler
    surroundings: Surroundings
    call: Callable[[dict[str, Any]], Awaitable[Any]]

    def created(self, schedule: SimulatedSchedule) -> None:
        """There is a new one."""
        around = self.surroundings
        faults = around.faults
        for _ in range(2 if around.happens(faults.schedule_twice) else 1):
            at = (schedule.at - around.start).total_seconds() + around.random.uniform(0, PRECISION_SECONDS)
            if around.happens(faults.schedule_late):
                at += around.random.uniform(0, faults.longest_late_schedule)
            around.loop.call_at(at, self._fire, schedule)

    def _fire(self, schedule: SimulatedSchedule) -> None:
        self.scheduler.delete(schedule)
        if self.surroundings.happens(self.surroundings.faults.schedule_lost):
            self.surroundings.history.trouble("scheduler", schedule.name, "never started")
            return
        self.surroundings.loop.create_task(self._run(schedule))

    async def _run(self, schedule: SimulatedSchedule) -> None:
        for _ in range(1 + schedule.retries):
            try:
                await self.call(schedule.input)
            except InvocationFailed:
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return
