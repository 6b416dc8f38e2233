"""First attempts: what is sent to whom, and what is written of it."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptTimeoutError, ConnectionFailedError, NotFoundError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from tests import builders
from tests.fakes import START
from tests.unit.delivery.fakes import status
from tests.unit.delivery.system import System, events_message, key_of


def test_success_is_one_batch_write_and_no_schedule(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    assert system.dispatch(events_message(event)) == set()
    delivery = system.delivery(key_of(event, subscription))
    assert (delivery.state, delivery.due_at, len(delivery.attempts)) == (DeliveryState.DELIVERED, None, 1)
    assert system.writes() == ["batch_write_item"]
    assert system.schedules.made == []
    assert system.ledger.events([event.key])[event.key].subscription_ids == (subscription.id,)


def test_post_is_the_event_in_the_subscribers_dialect_to_its_url(system: System) -> None:
    system.subscribe(url="https://greg.example.com/hook")
    system.dispatch(events_message(builders.event()))
    (post,) = system.sender.posts
    assert (post.url, post.timeout_seconds) == ("https://greg.example.com/hook", 10.0)
    assert b'"resource_type":"API_TRACK"' in post.body
    assert post.headers["user-agent"] == "ShipEngine/v1"


def test_rsa_key_is_read_only_for_a_dialect_that_signs_with_it(system: System) -> None:
    system.subscribe(dialect="shippo", event_name="track_updated")
    system.dispatch(events_message(builders.event()))
    assert (len(system.sender.posts), system.secrets.rsa_reads) == (1, 0)
    system.subscribe()
    system.dispatch(events_message(builders.event()))
    assert (len(system.sender.posts), system.secrets.rsa_reads > 0) == (3, True)


def test_event_that_nobody_wants_is_recorded_and_not_sent(system: System) -> None:
    event = builders.event()
    assert system.dispatch(events_message(event)) == set()
    assert system.ledger.events([event.key])[event.key].subscription_ids == ()
    assert system.sender.posts == []


def test_nothing_goes_to_another_account_mode_type_or_to_one_switched_off(system: System) -> None:
    system.subscribe(account_id="acct_other")
    system.subscribe(mode=Mode.TEST)
    system.subscribe(event_types=(EventType.BATCH_COMPLETED,), event_name="batch")
    system.subscribe(enabled=False)
    system.dispatch(events_message(builders.event()))
    assert system.sender.posts == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(500), "status"),
        (status(302), "status"),
        (status(410), "status"),
        (AttemptTimeoutError("No complete answer within 10 s."), "timeout"),
        (ConnectionFailedError("No connection."), "connection_failed"),
    ],
)
def test_failure_is_due_again_after_the_interval(system: System, answer: Any, error: str) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: answer
    assert system.dispatch(events_message(event)) == set()
    delivery = system.delivery(key_of(event, subscription))
    assert delivery.state is DeliveryState.RETRYING
    assert delivery.attempts[0].error == error
    assert delivery.due_at == START + timedelta(hours=2)
    assert system.schedules.made == [(delivery.due_at, 0)]


def test_longer_retry_after_is_honoured(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: status(503, retry_after=str(5 * 3600))
    system.dispatch(events_message(event))
    assert system.delivery(key_of(event, subscription)).due_at == START + timedelta(hours=5)


def test_ledger_keeps_the_start_of_what_the_endpoint_said(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: status(500, body=b"\xff" + b"x" * 5000)
    system.dispatch(events_message(event))
    (attempt,) = system.delivery(key_of(event, subscription)).attempts
    assert (attempt.number, attempt.status_code, attempt.at) == (1, 500, START)
    assert attempt.message == "The endpoint answered 500."
    assert attempt.response_body == "\ufffd" + "x" * 1023


def test_one_failing_endpoint_is_no_matter_of_the_others(system: System) -> None:
    good, bad, event = system.subscribe(), system.subscribe(url="https://bad.example.com/"), builders.event()
    system.sender.answer = lambda post: status(500 if "bad" in post.url else 200)
    assert system.dispatch(events_message(event)) == set()
    assert system.delivery(key_of(event, good)).state is DeliveryState.DELIVERED
    assert system.delivery(key_of(event, bad)).state is DeliveryState.RETRYING


def test_first_delivery_of_a_message_reads_nothing_from_the_ledger(system: System) -> None:
    system.subscribe()
    system.dispatch(events_message(builders.event()))
    assert system.client.items_read == 0


def test_without_time_left_a_delivery_is_put_off_and_keeps_its_attempts(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    assert system.dispatch(events_message(event), seconds=14.0) == set()
    delivery = system.delivery(key_of(event, subscription))
    assert (system.sender.posts, delivery.attempts, delivery.state) == ([], (), DeliveryState.PENDING)
    assert delivery.due_at == START + timedelta(minutes=2)
    assert system.schedules.made == [(delivery.due_at, 0)]


def test_hanging_endpoint_does_not_delay_what_is_recorded_of_others(system: System) -> None:
    good = system.subscribe()
    system.subscribe(url="https://hanging.example.com/")
    event, recorded = builders.event(), threading.Event()

    async def hang(post: Post) -> None:
        if "hanging" in post.url:
            await asyncio.to_thread(recorded.wait, 5)

    async def run() -> DeliveryState:
        system.sender.meanwhile = hang
        dispatching = asyncio.create_task(system.dispatching(events_message(event)))
        try:
            return await state_when_recorded()
        finally:
            recorded.set()
            await dispatching

    async def state_when_recorded() -> DeliveryState:
        async with asyncio.timeout(30):
            while True:
                try:
                    return (await asyncio.to_thread(system.delivery, key_of(event, good))).state
                except NotFoundError:
                    await asyncio.sleep(0.02)

    assert asyncio.run(run()) is DeliveryState.DELIVERED


def test_results_of_a_large_batch_are_all_recorded(system: System) -> None:
    subscription, events = system.subscribe(), [builders.event() for _ in range(150)]
    messages = [events_message(*events[start : start + 50], number=start) for start in (0, 50, 100)]
    assert system.dispatch(*messages) == set()
    found = system.ledger.deliveries(key_of(event, subscription) for event in events)
    assert len(found) == 150
    assert len(system.sender.posts) == 150


def test_each_attempt_is_told_to_the_observer(system: System) -> None:
    system.subscribe()
    system.sender.answer = lambda post: status(500)
    system.dispatch(events_message(builders.event()))
    assert [(seen.attempt.number, seen.outcome) for seen in system.seen.results] == [(1, "retry")]
    assert system.seen.told == ["received 1", "attempted", "accepted", "recorded retrying", "ended"]
