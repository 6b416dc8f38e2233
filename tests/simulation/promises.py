"""What must be true of what users ask for about what is published, whatever went wrong. As in `invariants.py`."""

from collections.abc import Iterator

from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import OPERATIONAL, EventType
from tests.simulation.explanations import duplicates, sort_key, times_recovered
from tests.simulation.life import Life
from tests.simulation.stories import RecoveryWish
from tests.simulation.violation import Check, Violation

# What DynamoDB's eventual reads hide, and what a worker does not ask again.
_EVENTUAL_SECONDS = 1.0
_FOR_EVER = float("inf")


def manual_retries_are_made(life: Life) -> Iterator[Violation]:
    """10. Each manual retry that was taken is one attempt, also where somebody else tried the delivery meanwhile."""
    for delivery_id in {wish.delivery_id for wish in life.stories.manual}:
        delivery = life.deliveries.get(delivery_id)
        wishes = [wish for wish in life.stories.manual if wish.delivery_id == delivery_id]
        made = [attempt.manual_id for attempt in delivery.attempts if attempt.is_manual] if delivery else []
        if len(set(made)) != len(made) or len(made) > len(wishes):
            yield Violation(
                "10", f"{delivery_id} was tried {len(made)} times by hand, {len(wishes)} asked", (delivery_id,)
            )
        if delivery is None or _may_be_erased(life, delivery.key):
            continue
        story = life.stories.subscriptions[delivery.key.subscription_id]
        due = [wish for wish in wishes if wish.certain and story.was_on(_before(life, wish.began), _FOR_EVER)]
        if len(made) < len(due):
            yield Violation(
                "10", f"{delivery_id}: {len(due) - len(made)} manual retries were never made", (delivery_id,)
            )


def recoveries_send_each_once(life: Life) -> Iterator[Violation]:
    """11. A recovery sends each delivery that it is about at least once more, and begins none twice."""
    wishes = life.stories.recoveries
    for delivery in life.deliveries.values():
        key = delivery.key
        own = [wish for wish in wishes if wish.subscription_id == key.subscription_id]
        if times_recovered(life, key) > len(own):
            text = (
                f"{key.id} was recovered {times_recovered(life, key)} times, and {len(own)} recoveries were asked for"
            )
            yield Violation("11", text, (key.id,))
        for wish in own:
            if _is_about(life, wish, delivery) and not _was_sent_after(life, wish, delivery):
                yield Violation("11", f"{key.id} was not sent by the recovery of {wish.asked.began:.1f}", (key.id,))
        yield from _cancelled_is_cancelled(life, delivery, own)


def _is_about(life: Life, wish: RecoveryWish, delivery: Delivery) -> bool:
    """Whether the recovery had to send it: so it stood when that was asked for, and nobody touched it then."""
    key, since, until = delivery.key, _before(life, wish.asked.began), wish.asked.ended
    accepted = life.accepted(key.event_ulid)
    if not wish.asked.certain or wish.cancelled is not None or accepted < wish.since + 2 * life.world.history.skew:
        return False
    story = life.stories.subscriptions[key.subscription_id]
    if not story.was_on(since, _FOR_EVER) or _may_be_erased(life, key):
        return False
    if DeliveryState.DELIVERED not in wish.states and _had_succeeded(life, delivery, since):
        return False
    turns = life.watch.deliveries[sort_key(key)]
    before = [turn for turn in turns if turn.at <= since]
    if not before or before[-1].is_claimed or any(since < turn.at <= until for turn in turns):
        return False
    return before[-1].state in wish.states


def _had_succeeded(life: Life, delivery: Delivery, before: float) -> bool:
    """Whether a duplicate's success is written down beside the failure that the delivery's own item tells of."""
    attempts = delivery.attempts
    return any(attempt.error is None and life.seconds_until(attempt.at) < before for attempt in attempts)


def _was_sent_after(life: Life, wish: RecoveryWish, delivery: Delivery) -> bool:
    posts = life.world.history.posts[delivery.key.id]
    # One that its subscription's failures disabled meanwhile is held again, until it is set active.
    return delivery.state is DeliveryState.HELD or any(post.began > wish.asked.began for post in posts)


def _cancelled_is_cancelled(life: Life, delivery: Delivery, own: list[RecoveryWish]) -> Iterator[Violation]:
    """What no worker has begun when a recovery is cancelled is not sent for it."""
    runs = life.world.history.invocations
    for wish in own:
        if wish.cancelled is None or not wish.cancelled.certain:
            continue
        for post in life.world.history.posts[delivery.key.id]:
            run = runs[post.invocation]
            is_for_it = any(f'"recovery":"{wish.ulid}"' in message for message in run.messages)
            # Beside what is due anyway.
            began = any(
                turn.was_recovered and run.began <= turn.at <= post.began
                for turn in life.watch.deliveries[sort_key(delivery.key)]
            )
            if is_for_it and began and run.began > wish.cancelled.ended:
                yield Violation("11", f"{delivery.key.id} was recovered after that was cancelled", (delivery.key.id,))


def what_is_given_up_is_told(life: Life) -> Iterator[Violation]:
    """15. An account that has subscribed to it is told of each delivery that was given up after its attempts."""
    listeners = [
        story for story in life.stories.subscriptions.values() if EventType.DELIVERY_DISCARDED in story.event_types
    ]
    told = {story.id: _bodies(life, story.id) for story in listeners}
    for delivery in life.deliveries.values():
        by_hand = any(attempt.is_manual for attempt in delivery.attempts)
        is_told = delivery.state is DeliveryState.DISCARDED and not delivery.is_erased and not by_hand
        if not is_told or delivery.event_type in OPERATIONAL or times_recovered(life, delivery.key):
            continue
        at = life.seconds_until(delivery.updated_at)
        for story in listeners:
            same = (story.account, story.mode) == (delivery.key.account_id, delivery.key.mode)
            if same and story.was_on(_before(life, at), _FOR_EVER) and delivery.key.id not in told[story.id]:
                text = f"{story.id} was not told that {delivery.key.id} was given up: {delivery.reason}"
                yield Violation("15", text, (delivery.key.id, story.id))


def _bodies(life: Life, subscription_id: str) -> str:
    posts = life.world.history.all_posts()
    return "".join(post.body.decode() for post in posts if post.delivery_id.endswith(f"_{subscription_id}"))


def numbers_add_up(life: Life) -> Iterator[Violation]:
    """8. What the api says of a subscription's deliveries together is what they come to, where all were counted.

    Of an event that two workers had, each may have written a sheet.
    """
    for subscription_id, told in life.numbers.items():
        own = [each for each in life.deliveries.values() if each.key.subscription_id == subscription_id]
        if told["exact_since"] is not None or any(duplicates(life, each.key) for each in own):
            continue
        expected = {
            "delivered": sum(each.state is DeliveryState.DELIVERED for each in own),
            "discarded": sum(each.state is DeliveryState.DISCARDED for each in own),
            "failed": sum(attempt.error is not None for each in own for attempt in each.attempts),
        }
        if {name: told[name] for name in expected} != expected:
            yield Violation("8", f"{subscription_id} has {expected}, and the api says {told}", (subscription_id,))


def _may_be_erased(life: Life, key: DeliveryKey) -> bool:
    row = (life.events.get(wish.event.id) for wish in life.stories.erasures)
    return any(each is not None and each["sk"].endswith(key.event_ulid) for each in row)


def _before(life: Life, moment: float) -> float:
    """Safely before a moment: whoever looked then may have seen what was so long ago."""
    return moment - life.settings.subscription_cache_seconds - _EVENTUAL_SECONDS - 2 * life.world.history.skew


CHECKS: tuple[Check, ...] = (
    manual_retries_are_made,
    recoveries_send_each_once,
    what_is_given_up_is_told,
    numbers_add_up,
)
