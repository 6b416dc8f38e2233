"""First attempts: what is sent, what is written, and which messages come again."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptTimeoutError, ConnectionFailedError, NotFoundError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from tests import builders
from tests.fakes import START, throttled
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


def test_redelivered_message_sends_nothing_that_is_recorded_and_makes_sure_of_schedules(system: System) -> None:
    system.subscribe()
    failing = system.subscribe(url="https://bad.example.com/")
    event = builders.event()
    system.sender.answer = lambda post: status(500 if "bad" in post.url else 200)
    system.dispatch(events_message(event))
    system.schedules.made.clear()
    assert system.dispatch(events_message(event, receive_count=2)) == set()
    assert len(system.sender.posts) == 2
    assert system.schedules.made == [(system.delivery(key_of(event, failing)).due_at, 0)]


def test_redelivered_message_sends_what_is_not_recorded(system: System) -> None:
    first, event = system.subscribe(), builders.event()
    system.dispatch(events_message(event))
    second = system.subscribe(url="https://second.example.com/")
    system.dispatch(events_message(event, receive_count=2))
    assert [post.url for post in system.sender.posts] == [first.url, second.url]
    assert set(system.ledger.events([event.key])[event.key].subscription_ids) == {first.id, second.id}


def test_first_delivery_of_a_message_reads_nothing_from_the_ledger(system: System) -> None:
    system.subscribe()
    system.dispatch(events_message(builders.event()))
    assert system.client.items_read == 0


def test_throttled_ledger_brings_the_message_back_and_loses_nothing(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.client.fail("batch_write_item", throttled("BatchWriteItem"))
    assert system.dispatch(events_message(event)) == {"message-1"}
    assert system.dispatch(events_message(event, receive_count=2)) == set()
    assert system.delivery(key_of(event, subscription)).state is DeliveryState.DELIVERED


def test_throttled_ledger_after_a_failure_brings_the_message_back(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: status(500)
    system.client.fail("put_item", throttled("PutItem"))
    assert system.dispatch(events_message(event)) == {"message-1"}
    assert system.dispatch(events_message(event, receive_count=2)) == set()
    assert system.delivery(key_of(event, subscription)).state is DeliveryState.RETRYING


def test_missing_schedule_brings_the_message_back_and_the_delivery_is_not_sent_again(system: System) -> None:
    system.subscribe()
    event = builders.event()
    system.sender.answer = lambda post: status(500)
    system.schedules.fails = True
    assert system.dispatch(events_message(event)) == {"message-1"}
    system.schedules.fails = False
    assert system.dispatch(events_message(event, receive_count=2)) == set()
    assert (len(system.sender.posts), len(system.schedules.made)) == (1, 1)


def test_unreadable_registry_brings_the_message_back_before_anything_is_sent(system: System) -> None:
    system.subscribe()
    system.subscriptions.fails = True
    assert system.dispatch(events_message(builders.event())) == {"message-1"}
    assert system.sender.posts == []


def test_unreadable_secrets_bring_the_message_back_before_anything_is_sent(system: System) -> None:
    system.subscribe()
    system.secrets.fails = True
    assert system.dispatch(events_message(builders.event())) == {"message-1"}
    assert system.sender.posts == []


def test_event_that_cannot_be_rendered_fails_only_its_own_message(system: System) -> None:
    subscription = system.subscribe()
    broken, sound = builders.event(data={"status": "nonsense"}), builders.event()
    assert system.dispatch(events_message(broken, number=1), events_message(sound, number=2)) == {"message-1"}
    assert system.delivery(key_of(sound, subscription)).state is DeliveryState.DELIVERED


def test_subscription_in_an_unknown_dialect_fails_only_its_own_message(system: System) -> None:
    subscription = system.subscribe()
    system.subscribe(dialect="of the future", event_types=(EventType.PAYMENT_UPDATED,))
    strange, sound = builders.event(type=EventType.PAYMENT_UPDATED), builders.event()
    assert system.dispatch(events_message(strange, number=1), events_message(sound, number=2)) == {"message-1"}
    assert system.delivery(key_of(sound, subscription)).state is DeliveryState.DELIVERED


def test_sender_with_a_fault_fails_only_its_own_message(system: System) -> None:
    subscription = system.subscribe()
    system.subscribe(url="https://bad.example.com/", event_types=(EventType.BATCH_COMPLETED,), event_name="batch")
    system.sender.answer = lambda post: RuntimeError("a bug") if "bad" in post.url else status(200)
    batch, track = builders.event(type=EventType.BATCH_COMPLETED), builders.event()
    assert system.dispatch(events_message(batch, number=1), events_message(track, number=2)) == {"message-1"}
    assert system.delivery(key_of(track, subscription)).state is DeliveryState.DELIVERED


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


def test_event_refused_with_a_first_result_is_recorded_with_the_next(system: System) -> None:
    system.subscribe()
    slow = system.subscribe(url="https://slow.example.com/")
    event = builders.event()
    system.client.fail("batch_write_item", throttled("BatchWriteItem"))
    fail_slow_ones_after(system, "batch_write_item")
    assert system.dispatch(events_message(event)) != set()
    assert system.delivery(key_of(event, slow)).state is DeliveryState.RETRYING
    assert event.key in system.ledger.events([event.key])


def test_sheet_whose_answer_got_lost_is_still_named_with_the_next_result(system: System) -> None:
    system.subscribe()
    system.subscribe(url="https://slow.example.com/")
    message = events_message(builders.event(), builders.event())
    system.client.fail_afterwards("batch_write_item", throttled("BatchWriteItem"))
    fail_slow_ones_after(system, "batch_write_item")
    assert system.dispatch(message) == {"message-1"}
    assert system.dispatch(replace(message, receive_count=2)) == set()
    assert sum("slow" not in post.url for post in system.sender.posts) == 2


def test_sheet_is_named_after_the_next_result_although_another_delivery_could_not_be_written(system: System) -> None:
    system.subscribe()
    system.subscribe(url="https://refusing.example.com/")
    system.subscribe(url="https://slow.example.com/")
    message = events_message(builders.event(), builders.event())
    system.client.fail("put_item", throttled("PutItem"), times=2)
    fail_slow_ones_after(system, "put_item")
    assert system.dispatch(message) == {"message-1"}
    assert system.dispatch(replace(message, receive_count=2)) == set()
    assert sum("slow" not in post.url and "refusing" not in post.url for post in system.sender.posts) == 2


def fail_slow_ones_after(system: System, operation: str) -> None:
    """Endpoints fail but for the good one, and slow ones answer once AWS has failed `operation`."""

    async def wait_for_failure(post: Post) -> None:
        if "slow" in post.url:
            async with asyncio.timeout(30):
                while system.client.will_fail(operation):
                    await asyncio.sleep(0.01)

    system.sender.meanwhile = wait_for_failure
    system.sender.answer = lambda post: status(500 if "slow" in post.url or "refusing" in post.url else 200)


def test_results_of_a_large_batch_are_all_recorded(system: System) -> None:
    subscription, events = system.subscribe(), [builders.event() for _ in range(150)]
    messages = [events_message(*events[start : start + 50], number=start) for start in (0, 50, 100)]
    assert system.dispatch(*messages) == set()
    found = system.ledger.deliveries(key_of(event, subscription) for event in events)
    assert len(found) == 150
    assert len(system.sender.posts) == 150


def test_duplicates_of_a_first_message_merge_their_attempts(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: status(500)
    system.dispatch(events_message(event, number=1))
    system.dispatch(events_message(event, number=2))
    delivery = system.delivery(key_of(event, subscription))
    assert [attempt.number for attempt in delivery.attempts] == [1, 2]
    assert delivery.state is DeliveryState.RETRYING


def test_duplicate_that_fails_does_not_undo_a_success(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.dispatch(events_message(event, number=1))
    system.sender.answer = lambda post: status(500)
    assert system.dispatch(events_message(event, number=2)) == set()
    assert system.delivery(key_of(event, subscription)).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("code", [200, 500])
def test_duplicate_without_time_left_leaves_the_delivery_as_it_is(system: System, code: int) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: status(code)
    system.dispatch(events_message(event, number=1))
    before = system.delivery(key_of(event, subscription))
    assert system.dispatch(events_message(event, number=2), seconds=1.0) == set()
    assert system.delivery(key_of(event, subscription)) == before


def test_each_attempt_is_told_to_the_observer(system: System) -> None:
    system.subscribe()
    system.sender.answer = lambda post: status(500)
    system.dispatch(events_message(builders.event()))
    assert [(seen.attempt.number, seen.outcome) for seen in system.seen.results] == [(1, "retry")]
    assert system.seen.told == ["received 1", "attempted", "accepted", "recorded retrying", "ended"]


def test_event_that_comes_again_is_not_accepted_again(system: System) -> None:
    system.subscribe()
    event = builders.event()
    system.dispatch(events_message(event))
    system.seen.told.clear()
    system.dispatch(events_message(event, receive_count=2))
    assert system.seen.told == ["received 1", "ended"]
