"""What must be true of every life, whatever went wrong in it. Each check tells all that is not."""

from collections.abc import Iterator
from typing import Any

from parcelhook.dialects.base import is_disabled
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.resources import DISPATCH, EVENTS, REGISTRY
from parcelhook.storage.attributes import decode
from parcelhook.storage.subscription_items import to_subscription
from tests.simulation import answers, confidences, posts, promises, subscriptions
from tests.simulation.explanations import EVENTUAL_SECONDS, HURRY_SECONDS, excess_allowed
from tests.simulation.life import Life, is_settled
from tests.simulation.stories import EventStory, SubscriptionStory, Wish
from tests.simulation.violation import Check, Violation


def our_code_has_no_fault(life: Life) -> Iterator[Violation]:
    """0. Nothing is logged as a fault of ours but what AWS would not do; everything comes to rest in the end."""
    for text in life.world.history.own_faults:
        if "UnavailableError" not in text:
            yield Violation("0", text)
    for note in life.world.history.notes:
        if note.kind == "raised" and "UnavailableError" not in note.text:
            yield Violation("0", f"{note.who} raised {note.text}")
    for queue in life.world.sqs.queues.values():
        if queue.waiting() or queue.dead_letters:
            yield Violation("0", f"the queue {queue.definition.name} never became empty")


def nothing_is_lost(life: Life) -> Iterator[Violation]:
    """1. An accepted event reaches each subscription active throughout, or ends discarded after its attempts."""
    for event in life.stories.events:
        row = life.events.get(event.id)
        if row is None:
            yield Violation("1", f"{event.id} was accepted and is not in the ledger", (event.id, event.mark))
            continue
        for story in life.stories.of_account(event.account):
            if story.mode is event.mode and event.type in story.event_types:
                yield from _reached(life, event, row, story)
    for delivery in life.deliveries.values():
        if not is_settled(delivery):
            yield Violation("1", f"{delivery.key.id} is {delivery.state} for ever", (delivery.key.id,))
        if delivery.state is DeliveryState.HELD and not _is_held_rightly(life, delivery):
            yield Violation("1", f"{delivery.key.id} is held, and its subscription is active", (delivery.key.id,))


def _reached(life: Life, event: EventStory, row: dict[str, Any], story: SubscriptionStory) -> Iterator[Violation]:
    ulid = row["sk"].removeprefix("EVENT#")
    key = DeliveryKey(account_id=event.account, mode=event.mode, event_ulid=ulid, subscription_id=story.id)
    delivery = life.deliveries.get(key.id)
    since = event.called - EVENTUAL_SECONDS - 2 * life.world.history.skew
    if delivery is None:
        until = _first_dispatch_ends(life, event, ulid)
        # Whoever receives an event once it is erased sends nothing, and has nothing to write down.
        erased = any(wish.event is event for wish in life.stories.erasures)
        if story.was_on(since, until) and not erased:
            yield Violation("1", f"{key.id} does not exist", (event.id, ulid, story.id, event.mark))
        return
    until = life.seconds_until(delivery.updated_at) + HURRY_SECONDS
    if not story.was_on(since, until) or delivery.state is not DeliveryState.DISCARDED:
        if delivery.state is DeliveryState.DELIVERED and not _was_taken(life, delivery):
            yield Violation("1", f"{key.id} is delivered, and nobody got it", (key.id,))
        return
    if delivery.reason == "The answer is one that is not tried again.":
        return
    if delivery.is_erased:
        return
    attempts, allowed = delivery.attempts_used, life.settings.retry_attempts
    if not allowed <= attempts <= allowed + excess_allowed(life, key):
        text = f"{key.id} is discarded after {attempts} attempts, not {allowed}: {delivery.reason}"
        yield Violation("1", text, (key.id, ulid, story.id))


def _first_dispatch_ends(life: Life, event: EventStory, ulid: str) -> float:
    """By when an event's message was certainly handled, or moved back from the dead letters and handled."""
    longest = EVENTS.max_receives * EVENTS.visibility_timeout + DISPATCH.timeout + HURRY_SECONDS
    return max([event.accepted, life.accepted(ulid), *life.redriven_at]) + longest


def _was_taken(life: Life, delivery: Delivery) -> bool:
    return any(post.accepted for post in life.world.history.posts[delivery.key.id])


def _is_held_rightly(life: Life, delivery: Delivery) -> bool:
    for item in life.world.dynamodb.tables[REGISTRY.name].everything():
        values = decode(item)
        if values.get("id") == delivery.key.subscription_id:
            subscription = to_subscription(values)
            # What is held when its user switches a subscription off is sent once he switches it on.
            waits = not subscription.enabled or is_disabled(life.dialects.named(subscription.dialect), subscription)
            return waits or _was_not_resumed(life, delivery)
    return True


def _was_not_resumed(life: Life, delivery: Delivery) -> bool:
    """Where the user's wish brought no answer, what was held may still be."""
    story = life.stories.subscriptions.get(delivery.key.subscription_id)
    return story is None or any(turn.wish is Wish.UNKNOWN for turn in story.turns)


CHECKS: tuple[Check, ...] = (
    our_code_has_no_fault,
    nothing_is_lost,
    *posts.CHECKS,
    *subscriptions.CHECKS,
    *answers.CHECKS,
    *promises.CHECKS,
    *confidences.CHECKS,
)


def violations(life: Life) -> list[Violation]:
    """All that is not as it must be."""
    return [violation for check in CHECKS for violation in check(life)]
