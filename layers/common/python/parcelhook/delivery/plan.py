"""What a batch of queue messages comes to."""

from dataclasses import dataclass, field
from datetime import datetime

from parcelhook.delivery.attempts import Work
from parcelhook.delivery.kept import Kept
from parcelhook.delivery.lanes import Crossing
from parcelhook.delivery.record import RecordedFor
from parcelhook.erasure import SEEN_AT_ONCE
from parcelhook.messages import Message
from parcelhook.values import value


@value(kw_only=True)
class ReceivedMessage:
    """A message with what the queue says of it."""

    id: str
    message: Message
    receive_count: int = 1

    def may_have_been_seen(self, since: datetime, now: datetime) -> bool:
        """Whether a worker may have had it before. Its oldest part waits since `since`: by way of a dead-letter queue
        it comes late, and its count begins anew."""
        return self.receive_count > 1 or since + SEEN_AT_ONCE < now


@dataclass(slots=True)
class Plan:
    """What a batch of messages comes to."""

    works: list[Work] = field(default_factory=list)
    records: list[RecordedFor] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    """Messages that are to be received again."""
    crossing: Crossing = field(default_factory=Crossing)
    kept: list[Kept] = field(default_factory=list)
