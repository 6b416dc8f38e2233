"""The life of a delivery that fails, from its first attempt until it is delivered or given up."""

from datetime import timedelta
from typing import cast

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.messages import DeliveriesMessage
from parcelhook.model.delivery import DeliveryState, RetryPolicy
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.storage import keys
from parcelhook.storage.table import PRESENT, Delete
from tests import builders
from tests.unit.delivery.failed import due, failed_once
from tests.unit.delivery.fakes import status
from tests.unit.delivery.system import System, due_message, events_message, key_of


def redriven(system: System) -> list[ReceivedMessage]:
    """What the latest schedule's run puts into the queue."""
    bucket, shard = system.schedules.made[-1]
    system.queue.sent.clear()
    system.clock.moment = bucket
    system.redriver.redrive(bucket, shard)
    return [due_message(bucket, *cast(DeliveriesMessage, sent).deliveries) for sent in system.queue.sent]


def test_three_failures_two_hours_apart_and_then_given_up(system: System) -> None:
    subscription, event = system.subscribe(), builders.event()
    system.sender.answer = lambda post: status(500)
    system.dispatch(events_message(event))
    for _ in range(2):
        assert system.dispatch(*redriven(system)) == set()
    delivery = system.delivery(key_of(event, subscription))
    assert (delivery.state, delivery.due_at) == (DeliveryState.DISCARDED, None)
    assert delivery.reason == "All 3 attempts failed."
    first, second, third = delivery.attempts
    assert [attempt.number for attempt in delivery.attempts] == [1, 2, 3]
    assert (second.at - first.at, third.at - second.at) == (timedelta(hours=2), timedelta(hours=2))
    assert len(system.schedules.made) == 2
    assert redriven(system) == []


def test_success_of_a_retry_ends_it(system: System) -> None:
    _, _, delivery = failed_once(system)
    assert system.dispatch(due(delivery)) == set()
    delivery = system.delivery(delivery.key)
    assert (delivery.state, delivery.due_at, delivery.claimed_until) == (DeliveryState.DELIVERED, None, None)
    assert [attempt.status_code for attempt in delivery.attempts] == [500, 200]


def test_all_attempts_have_the_same_webhook_id_and_their_own_time(system: System) -> None:
    _, _, delivery = failed_once(system)
    system.dispatch(due(delivery))
    first, second = (post.headers for post in system.sender.posts)
    assert first["webhook-id"] == second["webhook-id"] == delivery.key.id
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 7200
    assert first["x-shipengine-timestamp"] != second["x-shipengine-timestamp"]
    assert first["webhook-signature"] != second["webhook-signature"]


def test_retry_goes_to_the_subscriptions_present_url(system: System) -> None:
    subscription, _, delivery = failed_once(system)
    moved = builders.subscription(id=subscription.id, url="https://moved.example.com/")
    system.subscriptions.subscriptions = [moved]
    system.dispatch(due(delivery))
    assert system.sender.posts[-1].url == "https://moved.example.com/"
    assert system.delivery(delivery.key).url == "https://moved.example.com/"


def test_subscriptions_own_retry_policy_holds(system: System) -> None:
    policy = RetryPolicy(attempts=1, interval=timedelta(hours=2))
    subscription, event = system.subscribe(retry_policy=policy), builders.event()
    system.sender.answer = lambda post: status(500)
    system.dispatch(events_message(event))
    assert system.delivery(key_of(event, subscription)).reason == "The only attempt failed."


def test_deleted_subscriptions_delivery_is_given_up_unsent(system: System) -> None:
    _, _, delivery = failed_once(system)
    system.subscriptions.subscriptions.clear()
    assert system.dispatch(due(delivery)) == set()
    delivery = system.delivery(delivery.key)
    assert (delivery.state, delivery.reason) == (DeliveryState.DISCARDED, "The subscription was deleted.")
    assert (len(system.sender.posts), len(delivery.attempts)) == (1, 1)


def test_switched_off_subscriptions_delivery_is_given_up_unsent(system: System) -> None:
    subscription, _, delivery = failed_once(system)
    system.subscriptions.subscriptions = [builders.subscription(id=subscription.id, enabled=False)]
    assert system.dispatch(due(delivery)) == set()
    delivery = system.delivery(delivery.key)
    assert (delivery.state, delivery.reason) == (DeliveryState.DISCARDED, "The subscription was switched off.")
    assert len(system.sender.posts) == 1


def test_delivery_whose_event_is_gone_is_given_up_unsent(system: System) -> None:
    subscription = system.subscribe()
    key = builders.delivery_key(subscription_id=subscription.id)
    stored = system.ledger.save(builders.delivery(key=key, due_at=system.clock.now()))
    assert system.dispatch(due(stored)) == set()
    assert system.delivery(key).reason == "The event's data is gone."
    assert system.sender.posts == []


def test_stale_message_sends_nothing(system: System) -> None:
    """The delivery was tried since, and is due later."""
    _, _, delivery = failed_once(system)
    system.sender.answer = lambda post: status(500)
    system.dispatch(due(delivery))
    assert system.dispatch(due(delivery, number=2)) == set()
    assert len(system.sender.posts) == 2


@pytest.mark.parametrize("code", [200, 410])
def test_message_about_what_is_settled_sends_nothing(system: System, code: int) -> None:
    _, _, delivery = failed_once(system, retry_policy=RetryPolicy(attempts=2, interval=timedelta(hours=2)))
    system.sender.answer = lambda post: status(code)
    for number in (1, 2, 3):
        assert system.dispatch(due(delivery, number=number)) == set()
    assert len(system.sender.posts) == 2


def test_message_about_an_unknown_delivery_is_done_with(system: System) -> None:
    message = due_message(system.clock.now(), builders.delivery_key())
    assert system.dispatch(message) == set()


def delivered_together(system: System) -> tuple[Subscription, list[Event]]:
    """Two deliveries that share a sheet."""
    subscription, events = system.subscribe(), [builders.event() for _ in range(2)]
    assert system.dispatch(events_message(*events)) == set()
    return subscription, events


def test_what_another_worker_delivered_at_once_is_not_sent_again(system: System) -> None:
    """Both had the message. The other one failed, and wrote so without finding an item."""
    subscription, (event, _) = delivered_together(system)
    key, later = key_of(event, subscription), system.clock.now() + timedelta(hours=2)
    failed = builders.failed_attempt(at=system.clock.now() - timedelta(seconds=1))
    waiting = system.ledger.save(builders.delivery(key=key).retrying(failed, later))
    system.clock.moment = later
    assert system.dispatch(due(waiting)) == set()
    delivery = system.delivery(key)
    assert delivery.state is DeliveryState.DELIVERED
    assert [(each.number, each.status_code) for each in delivery.attempts] == [(1, None), (2, 200)]
    assert len(system.sender.posts) == 2


def test_message_received_again_finds_what_is_on_a_sheet(system: System) -> None:
    subscription, events = delivered_together(system)
    assert system.dispatch(events_message(*events, receive_count=2)) == set()
    assert len(system.sender.posts) == 2
    assert all(system.delivery(key_of(each, subscription)).attempts for each in events)


def test_without_time_left_a_retry_is_put_off_and_keeps_its_attempts(system: System) -> None:
    _, _, delivery = failed_once(system)
    assert system.dispatch(due(delivery), seconds=10.0) == set()
    put_off = system.delivery(delivery.key)
    assert (put_off.state, put_off.attempts) == (DeliveryState.RETRYING, delivery.attempts)
    assert put_off.due_at == system.clock.now() + timedelta(minutes=2)
    assert put_off.claimed_until is None
    assert system.dispatch(*redriven(system)) == set()
    assert system.delivery(delivery.key).state is DeliveryState.DELIVERED


def test_event_type_of_the_delivery_finds_its_subscription(system: System) -> None:
    _, _, delivery = failed_once(system, event_types=(EventType.BATCH_COMPLETED, EventType.TRACKING_UPDATED))
    system.dispatch(due(delivery))
    assert system.delivery(delivery.key).state is DeliveryState.DELIVERED


def test_delivery_that_expires_while_it_is_sent_harms_no_other(system: System) -> None:
    _, _, delivery = failed_once(system)
    subscription, event = system.subscribe(url="https://other.example.com/"), builders.event()
    system.sender.answer = lambda post: status(500 if "other" in post.url else 200)

    async def expire(post: Post) -> None:
        if post.headers["webhook-id"] == delivery.key.id:
            system.ledger.table.write(Delete(keys.delivery(delivery.key), PRESENT))

    system.sender.meanwhile = expire
    assert system.dispatch(due(delivery, number=1), events_message(event, number=2)) == set()
    assert system.delivery(key_of(event, subscription)).state is DeliveryState.RETRYING
