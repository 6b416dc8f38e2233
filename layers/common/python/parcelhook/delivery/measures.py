"""What a dispatch worker does, in numbers: one line of metrics for a batch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from parcelhook.clock import Clock
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.observers import Observer
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import DeliveriesMessage, EventsMessage, Message
from parcelhook.metrics import Metric, MetricLines
from parcelhook.model.delivery import Delivery, DeliveryState, Outcome
from parcelhook.model.event import OPERATIONAL, Event


@dataclass(slots=True)
class _Batch:
    counts: Counter[Metric] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    """From each event's acceptance to the first 2xx of its delivery."""
    oldest: float | None = None
    """Seconds."""


@dataclass(slots=True, kw_only=True)
class Measures(Observer):
    """Counts what is told of a batch, and writes it down when the batch has ended."""

    lines: MetricLines
    clock: Clock
    _batch: _Batch = field(default_factory=_Batch)

    def received(self, messages: Sequence[ReceivedMessage]) -> None:
        now = self.clock.now()
        moments = [moment for each in messages if (moment := _wanted_at(each.message)) and moment <= now]
        if moments:
            age = (now - min(moments)).total_seconds()
            self._batch.oldest = max(age, self._batch.oldest or 0.0)

    def accepted(self, event: Event) -> None:
        if event.type not in OPERATIONAL:
            self._batch.counts[Metric.ACCEPTED] += 1

    def attempted(self, work: Work, result: AttemptResult) -> None:
        batch, attempt = self._batch, result.attempt
        if result.outcome is Outcome.DELIVERED:
            batch.counts[Metric.DELIVERED] += 1
            took = attempt.ended_at - work.event.accepted_at
            batch.milliseconds.append(max(0, round(took.total_seconds() * 1000)))
        else:
            batch.counts[Metric.FAILED] += 1
        batch.counts[Metric.SLOW_LANE] += work.delivery.is_set_aside

    def recorded(self, delivery: Delivery) -> None:
        # What a person tries again by hand was discarded, and counted, before.
        given_up = delivery.state is DeliveryState.DISCARDED and not delivery.was_tried_by_hand
        self._batch.counts[Metric.DISCARDED] += given_up

    def given_up(self, delivery: Delivery) -> None:  # noqa: ARG002 - one is one
        self._batch.counts[Metric.DISCARDED] += 1

    def ended(self) -> None:
        batch, self._batch = self._batch, _Batch()
        values: dict[Metric, float] = {metric: count for metric, count in batch.counts.items() if count}
        if batch.oldest is not None:
            values[Metric.OLDEST] = round(batch.oldest, 1)
        self.lines.tell(values, {Metric.TIME_TO_DELIVERY: batch.milliseconds})


def _wanted_at(message: Message) -> datetime | None:
    """Since when a message's oldest is to be dealt with; None where it is about nothing that waits."""
    match message:
        case EventsMessage(events=events):
            return min(event.accepted_at for event in events)
        case DeliveriesMessage(due=due, slow=False):
            return due
        case _:
            return None
