"""Stand-ins for what a test wants to hold in its hand: time, randomness, queues, AWS's moods."""

import hashlib
import itertools
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from parcelhook.errors import UnavailableError
from parcelhook.messages import Message, encode

START = datetime(2026, 1, 2, 20, 0, tzinfo=UTC)

# moto loses conditional writes under parallel calls, whichever client makes them.
MOTO = threading.RLock()


@dataclass(slots=True)
class FixedClock:
    """Stands still until it is moved."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def forward(self, **amount: float) -> None:
        """Moves on, by what `timedelta` takes."""
        self.moment += timedelta(**amount)


@dataclass(slots=True)
class CountedBytes:
    """Bytes that look random, are the same in every run and never the same twice."""

    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __call__(self, length: int) -> bytes:
        return hashlib.shake_256(str(next(self._numbers)).encode()).digest(length)


@dataclass(slots=True)
class FakeQueue:
    """Keeps what it is sent, or refuses it."""

    sent: list[Message] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)
    """Of each message that was sent alone, by how many seconds it is to be held back."""
    refuses: bool = False

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        self.send_many([message])
        self.delays.append(delay_seconds)

    def send_many(self, batch: Sequence[Message]) -> None:
        if self.refuses:
            raise UnavailableError("The queue takes nothing.")
        self.sent += batch


@dataclass(slots=True)
class ListQueue:
    """A queue that forgets nothing until it is received. Messages pass through their text, as in SQS."""

    clock: FixedClock
    texts: deque[str] = field(default_factory=deque)
    holds_back: bool = False
    """Whether messages with a delay wait for it."""
    delays: list[int] = field(default_factory=list)
    """Of each message that was sent alone, by how many seconds it is to be held back."""
    delayed: list[tuple[datetime, str]] = field(default_factory=list)
    """Messages that are held back, and until when."""
    refuses: bool = False
    """Whether it takes nothing."""

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        if self.refuses:
            raise UnavailableError("throttled")
        self.delays.append(delay_seconds)
        if delay_seconds and self.holds_back:
            self.delayed.append((self.clock.now() + timedelta(seconds=delay_seconds), encode(message)))
        else:
            self.texts.append(encode(message))

    def send_many(self, batch: Sequence[Message]) -> None:
        self.texts += [encode(message) for message in batch]

    def take(self) -> list[str]:
        """All that may be received."""
        now = self.clock.now()
        taken = [*self.texts, *(text for moment, text in self.delayed if moment <= now)]
        self.texts.clear()
        self.delayed = [(moment, text) for moment, text in self.delayed if moment > now]
        return taken


@dataclass(slots=True)
class ListSchedules:
    """Schedules that fire when the test says so."""

    due: set[tuple[datetime, int]] = field(default_factory=set)

    def ensure(self, bucket: datetime, shard: int) -> None:
        self.due.add((bucket, shard))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an AWS client."""

    operation: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]

    @property
    def items_read(self) -> int:
        """How many items DynamoDB looked at for it, and bills."""
        if self.operation == "query":
            return int(self.answer["ScannedCount"])
        if self.operation == "batch_get_item":
            return sum(len(request["Keys"]) for request in self.parameters["RequestItems"].values())
        return int(self.operation == "get_item")


class ObservedClient:
    """An AWS client that remembers its calls, makes them in `turns`, and fails those that it is told to."""

    def __init__(self, client: Any, turns: AbstractContextManager[object] = MOTO) -> None:
        self._turns = turns
        self.calls: list[Call] = []
        self._client = client
        self._failures: defaultdict[str, list[Exception]] = defaultdict(list)
        self._late_failures: defaultdict[str, list[Exception]] = defaultdict(list)
        self._repeats: defaultdict[str, int] = defaultdict(int)
        self._interruptions: dict[int, Callable[[], object]] = {}

    def interrupt(self, calls: int, action: Callable[[], object]) -> None:
        """After so many more calls, and before the next, somebody else does `action`."""
        self._interruptions[len(self.calls) + calls] = action

    def fail(self, operation: str, error: Exception, *, times: int = 1) -> None:
        """The next calls of `operation` raise `error` and do nothing."""
        self._failures[operation] += [error] * times

    def will_fail(self, operation: str) -> bool:
        """Whether the next call of `operation` fails, before or after it does its work."""
        return bool(self._failures[operation] or self._late_failures[operation])

    def fail_afterwards(self, operation: str, error: Exception) -> None:
        """The next call of `operation` does its work and then raises `error`."""
        self._late_failures[operation].append(error)

    def repeat(self, operation: str) -> None:
        """The next call of `operation` is made twice, as botocore does when the first answer gets lost."""
        self._repeats[operation] += 1

    @property
    def items_read(self) -> int:
        return sum(call.items_read for call in self.calls)

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self._client, operation)

        def call(**parameters: Any) -> Any:
            self._interruptions.pop(len(self.calls), lambda: None)()
            with self._turns:
                if self._failures[operation]:
                    raise self._failures[operation].pop(0)
                if self._repeats[operation]:
                    self._repeats[operation] -= 1
                    method(**parameters)
                answer = method(**parameters)
                self.calls.append(Call(operation, parameters, answer))
                if self._late_failures[operation]:
                    raise self._late_failures[operation].pop(0)
                return answer

        return call


def throttled(operation: str) -> ClientError:
    """What botocore raises once it has retried often enough."""
    return refused("ThrottlingException", operation)


def refused(code: str, operation: str = "PutItem") -> ClientError:
    """What botocore raises for an error answer."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
