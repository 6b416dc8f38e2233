"""A batch in numbers."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.measures import Measures
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.metrics import MetricLines
from parcelhook.model.delivery import Attempt, Outcome
from parcelhook.model.event import EventType
from tests import builders
from tests.fakes import FixedClock
from tests.unit.delivery.system import due_message, events_message

START = FixedClock().now()


class Batches:
    """What was measured of them."""

    def __init__(self) -> None:
        self.clock = FixedClock(START + timedelta(minutes=2))
        self._lines: list[str] = []
        lines = MetricLines(stage="prod", clock=self.clock, write=self._lines.append)
        self.measures = Measures(lines=lines, clock=self.clock)

    def receive(self, messages: Sequence[ReceivedMessage]) -> None:
        self.measures.received(messages)

    def attempt(self, outcome: Outcome, attempt: Attempt, *, slow: bool = False) -> None:
        event, delivery = builders.event(accepted_at=START), builders.delivery()
        delivery = delivery.set_aside(START, START) if slow else delivery
        work = Work(delivery=delivery, event=event, subscription=builders.subscription(), message_id="1")
        self.measures.attempted(work, AttemptResult(attempt=attempt, outcome=outcome))

    def ended(self) -> dict[str, Any]:
        """All that the lines say that is not about the line."""
        self.measures.ended()
        told: dict[str, Any] = {}
        for line in self._lines:
            told |= {name: value for name, value in json.loads(line).items() if name not in {"_aws", "stage"}}
        self._lines.clear()
        return told


@pytest.fixture
def batches() -> Batches:
    return Batches()


def test_attempts_are_counted_by_what_came_of_them(batches: Batches) -> None:
    batches.attempt(Outcome.DELIVERED, builders.attempt(at=START + timedelta(seconds=1), duration_ms=250))
    batches.attempt(Outcome.RETRY, builders.failed_attempt())
    batches.attempt(Outcome.GIVE_UP, builders.failed_attempt(), slow=True)
    assert batches.ended() == {"delivered": 1, "failed": 2, "slow_lane": 1, "time_to_delivery": [1250]}
    assert batches.ended() == {}


def test_accepted_are_the_publishers_events_not_our_own(batches: Batches) -> None:
    batches.measures.accepted(builders.event())
    batches.measures.accepted(builders.event(type=EventType.CIRCUIT_OPENED))
    assert batches.ended() == {"accepted": 1}


def test_discarded_are_deliveries_that_were_given_up_with_or_without_an_attempt(batches: Batches) -> None:
    tried = builders.delivery().given_up(builders.failed_attempt(), "All 3 attempts failed.")
    batches.measures.recorded(tried)
    batches.measures.recorded(builders.delivery().retrying(builders.failed_attempt(), START))
    batches.measures.given_up(builders.delivery().discarded("The subscription is gone.", START))
    by_hand = builders.failed_attempt(number=2, manual_id="m")
    batches.measures.recorded(replace(tried, attempts=(*tried.attempts, by_hand)))
    assert batches.ended() == {"discarded": 2}


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        (
            events_message(builders.event(accepted_at=START), builders.event(accepted_at=START - timedelta(hours=1))),
            3720,
        ),
        (due_message(START + timedelta(minutes=1)), 60),
    ],
    ids=["events since they were accepted", "retries since they were due"],
)
def test_oldest_is_what_waited_longest_for_its_batch(
    batches: Batches, message: ReceivedMessage, seconds: float
) -> None:
    batches.receive([message, events_message(builders.event(accepted_at=batches.clock.now()))])
    assert batches.ended() == {"oldest": seconds}


def test_what_is_not_due_yet_is_not_old(batches: Batches) -> None:
    later: datetime = batches.clock.now() + timedelta(minutes=1)
    batches.receive([due_message(later)])
    assert batches.ended() == {}
