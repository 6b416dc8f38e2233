"""What a batch does so that one endpoint, or one tenant, does not keep others waiting."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

from parcelhook.delivery.attempts import Work
from parcelhook.delivery.engine import in_rounds
from parcelhook.delivery.sender import Post
from parcelhook.messages import DeliveriesMessage, Message
from parcelhook.model.circuit import Circuit
from parcelhook.model.subscription import Subscription
from tests import builders
from tests.fakes import START, FakeQueue
from tests.unit.delivery.fakes import FakeConditions, status
from tests.unit.delivery.system import System, events_message


class ToldAtOnce(FakeConditions):
    """Lets the test know when an endpoint is told to be slow."""

    def __init__(self, told: threading.Event) -> None:
        super().__init__()
        self._told = told

    def mark_slow(self, subscription: Subscription, *_: object) -> None:
        super().mark_slow(subscription, *_)  # type: ignore[arg-type]
        self._told.set()


class LooksForEvents(FakeQueue):
    """Looks whether the event of what it is sent is in the ledger by then."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self.recorded: list[bool] = []
        self._ledger = system.ledger

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        assert isinstance(message, DeliveriesMessage)
        self.recorded += [key.event in self._ledger.events([key.event]) for key in message.deliveries]


def test_slow_endpoint_is_told_of_while_its_only_post_goes_on(system: System) -> None:
    told = threading.Event()
    system.subscribe()
    system.conditions, system.fast_budget = ToldAtOnce(told), timedelta(0)
    known_during_the_post: list[bool] = []

    async def hang(post: Post) -> None:
        known_during_the_post.append(await asyncio.to_thread(told.wait, 5))

    system.sender.meanwhile = hang
    assert system.dispatch(events_message(builders.event())) == set()
    assert (known_during_the_post, len(system.sender.posts)) == ([True], 1)


def test_fast_endpoint_is_not_written_about(system: System) -> None:
    system.subscribe()
    system.dispatch(events_message(builders.event()))
    assert system.conditions.noted == []
    assert system.slow.sent == []


def test_failures_that_are_recorded_together_are_one_write(system: System) -> None:
    system.subscribe()
    system.sender.answer = lambda post: status(500)
    system.dispatch(events_message(*(builders.event() for _ in range(3))))
    assert system.conditions.noted == ["3 failed"]


def test_endpoint_that_just_succeeded_does_not_fail_in_a_row(system: System) -> None:
    subscription = system.subscribe()
    recorder = system.recorder
    notes = recorder.endpoints
    work = Work(delivery=builders.delivery(), event=builders.event(), subscription=subscription, message_id="message-1")
    attempter = system.engine.attempter
    succeeded = asyncio.run(attempter.attempt(work))
    system.sender.answer = lambda post: status(500)
    failed = asyncio.run(attempter.attempt(work))
    notes.note([(work, succeeded)])
    notes.note([(work, failed)])
    assert system.conditions.noted == []
    system.clock.forward(seconds=11)
    notes.note([(work, failed)])
    assert system.conditions.noted == ["1 failed"]


def test_condition_that_cannot_be_noted_harms_no_delivery(system: System) -> None:
    system.subscribe()
    system.conditions.fails = True
    system.sender.answer = lambda post: status(500)
    assert system.dispatch(events_message(builders.event())) == set()


def test_forwarding_that_fails_brings_the_message_back_and_is_made_up_for(system: System) -> None:
    system.subscribe(circuit=Circuit(failures=2))
    event = builders.event()
    system.slow.refuses = True
    assert system.dispatch(events_message(event)) == {"message-1"}
    system.slow.refuses = False
    assert system.dispatch(events_message(event, receive_count=2)) == set()
    assert (len(system.slow.sent), system.sender.posts) == (1, [])


def test_event_is_recorded_before_its_delivery_is_forwarded(system: System) -> None:
    system.subscribe(slow_since=START)
    event = builders.event()
    system.slow = LooksForEvents(system)
    system.dispatch(events_message(event))
    assert system.slow.recorded == [True]


def test_one_tenants_many_deliveries_do_not_go_before_anothers_one(system: System) -> None:
    subscription = system.subscribe()
    work = Work(delivery=builders.delivery(), event=builders.event(), subscription=subscription, message_id="message-1")
    small = builders.delivery(key=builders.delivery_key(account_id="acct_small"))
    works = [*(work for _ in range(100)), replace(work, delivery=small)]
    ordered = in_rounds(works)
    assert [each.delivery.key.account_id for each in ordered].index("acct_small") == 1
    assert len(ordered) == 101
