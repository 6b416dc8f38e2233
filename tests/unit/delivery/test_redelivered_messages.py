"""Messages that come again: which do, after what failed on the way, and what is sent then."""

import asyncio
from dataclasses import replace

import pytest

from parcelhook.delivery.sender import Post
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from tests import builders
from tests.fakes import throttled
from tests.unit.delivery.fakes import status
from tests.unit.delivery.system import System, events_message, key_of


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


def test_event_that_comes_again_is_not_accepted_again(system: System) -> None:
    system.subscribe()
    event = builders.event()
    system.dispatch(events_message(event))
    system.seen.told.clear()
    system.dispatch(events_message(event, receive_count=2))
    assert system.seen.told == ["received 1", "ended"]
