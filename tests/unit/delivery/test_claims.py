"""Who sends a delivery claims it first: two workers send it once, and one that dies keeps it from nobody for long."""

import asyncio
from dataclasses import replace

import pytest

from parcelhook.delivery.sender import Post
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import EventType
from tests import builders
from tests.fakes import throttled
from tests.unit.delivery.failed import due, due_at, failed_once
from tests.unit.delivery.system import CLAIM, System, due_message, key_of


def test_two_workers_with_the_same_message_send_once(system: System) -> None:
    _, _, delivery = failed_once(system)

    async def yield_to_the_other(post: Post) -> None:
        await asyncio.sleep(0.05)

    async def both() -> list[set[str]]:
        system.sender.meanwhile = yield_to_the_other
        return await asyncio.gather(*(system.dispatching(due(delivery, number=number)) for number in (1, 2)))

    first, second = asyncio.run(both())
    assert len(system.sender.posts) == 2
    # The slower one finds the claim, or lost the race for it; in the first case it looks again later.
    assert not (first and second)
    assert len(system.delivery(delivery.key).attempts) == 2


def test_claimed_delivery_is_looked_at_again_and_not_sent(system: System) -> None:
    _, _, delivery = failed_once(system)
    claim(system, delivery)
    assert system.dispatch(due(delivery)) == {"message-1"}
    assert len(system.sender.posts) == 1


def test_delivery_of_a_worker_that_died_is_sent_after_its_claim(system: System) -> None:
    _, _, delivery = failed_once(system)
    claim(system, delivery)
    system.clock.forward(seconds=CLAIM.total_seconds())
    assert system.dispatch(due(delivery, receive_count=2)) == set()
    assert system.delivery(delivery.key).state is DeliveryState.DELIVERED


def claim(system: System, delivery: Delivery) -> None:
    """As a worker leaves it that dies while it sends."""

    async def die(post: Post) -> None:
        raise KeyboardInterrupt

    sender, posts = system.sender, list(system.sender.posts)
    sender.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        system.dispatch(due(delivery))
    sender.posts = posts
    system.sender = type(sender)(answer=sender.answer, posts=posts)
    assert system.delivery(delivery.key).claimed_until == system.clock.now() + CLAIM


def test_throttled_claim_sends_nothing_and_brings_the_message_back(system: System) -> None:
    _, _, delivery = failed_once(system)
    system.client.fail("put_item", throttled("PutItem"))
    assert system.dispatch(due(delivery)) == {"message-1"}
    assert len(system.sender.posts) == 1
    assert system.dispatch(due(delivery, receive_count=2)) == set()
    assert system.delivery(delivery.key).state is DeliveryState.DELIVERED


def test_result_that_cannot_be_written_brings_the_message_back(system: System) -> None:
    _, _, delivery = failed_once(system)
    fail_after_claim(system)
    assert system.dispatch(due(delivery)) == {"message-1"}
    system.clock.forward(seconds=CLAIM.total_seconds())
    assert system.dispatch(due(delivery, receive_count=2)) == set()
    assert system.delivery(delivery.key).state is DeliveryState.DELIVERED


def fail_after_claim(system: System) -> None:
    async def throttle(post: Post) -> None:
        system.client.fail("put_item", throttled("PutItem"))
        system.sender.meanwhile = nothing

    async def nothing(post: Post) -> None:
        return

    system.sender.meanwhile = throttle


def test_what_was_claimed_before_a_failure_is_sent_all_the_same(system: System) -> None:
    """The registry is throttled between two deliveries of a message; the claim of the first must not be left lying."""
    _, event, delivery = failed_once(system)
    batches = system.subscribe(event_types=(EventType.BATCH_COMPLETED,), event_name="batch")
    second = builders.delivery(
        key=key_of(event, batches), event_type=EventType.BATCH_COMPLETED, due_at=due_at(delivery)
    )
    system.ledger.save(second)
    message = due_message(due_at(delivery), delivery.key, second.key)
    system.subscriptions.fails_for = EventType.BATCH_COMPLETED
    assert system.dispatch(message) == {"message-1"}
    assert system.delivery(delivery.key).state is DeliveryState.DELIVERED
    assert system.delivery(second.key) == replace(second, version=1)
