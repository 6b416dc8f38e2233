"""Which recorded crashes, lost answers and duplicates may explain what became of a delivery."""

from parcelhook.model.delivery import DeliveryKey
from parcelhook.resources import EVENTS, SLOW
from parcelhook.storage import keys
from tests.simulation.api_claims import is_attempt
from tests.simulation.history import SeenPost
from tests.simulation.life import Life

# A new subscription misses nothing but what DynamoDB's eventual reads hide (`delivery/matching.py`).
EVENTUAL_SECONDS = 1.0
# Between messages of a busy queue, and calls of AWS in a batch.
HURRY_SECONDS = 60.0


def unrecorded(life: Life, delivery_id: str) -> list[SeenPost]:
    """The POSTs of a delivery that are none of its recorded attempts."""
    left = list(life.world.history.posts[delivery_id])
    delivery = life.deliveries.get(delivery_id)
    for attempt in delivery.attempts if delivery else ():
        at = life.seconds_until(attempt.at)
        found = (post for post in left if is_attempt(post, at, attempt.status_code, life.world.history.skew))
        match = next(found, None)
        if match is not None:
            left.remove(match)
    return left


def excess_allowed(life: Life, key: DeliveryKey) -> int:
    """How many POSTs more than its attempts a delivery may have had.

    One for each POST that is not recorded because its run of dispatch died or ran out of time, or because AWS failed
    the very write that was to tell of it, or of the results in its group; and one for each time that its event was
    handed to dispatch once more, because SQS handed it out twice or was given it twice. Messages about what is due
    again excuse nothing: their deliveries are claimed.
    """
    return sum(_could_not_be_recorded(life, key, post) for post in unrecorded(life, key.id)) + duplicates(life, key)


def _could_not_be_recorded(life: Life, key: DeliveryKey, post: SeenPost) -> bool:
    run = life.world.history.invocations[post.invocation]
    failed = (write for write in run.failed_writes if post.ended is not None and write.at >= post.ended)
    return run.is_unfinished or any(write.is_group or sort_key(key) in write.keys for write in failed)


def duplicates(life: Life, key: DeliveryKey) -> int:
    """How often its event was handed to dispatch beyond once."""
    return max(0, life.world.history.copies[key.event_ulid] - 1)


def may_come_at_any_time(life: Life, key: DeliveryKey, before: SeenPost, post: SeenPost) -> bool:
    """Whether a POST need not wait for the retry interval after the one before.

    Nobody knows of a POST that was not recorded, and a first attempt that is made again, for a copy of the event's
    message, does not look for others, also where the copy finds its endpoint slow.
    """
    is_first = life.world.history.invocations[post.invocation].queue in {EVENTS.name, SLOW.name}
    return before in unrecorded(life, key.id) or (is_first and duplicates(life, key) > 0)


def was_put_off(life: Life, key: DeliveryKey, since: float, until: float) -> bool:
    """Whether an open circuit of its subscription put the delivery off meanwhile."""
    return any(since <= at <= until for at in life.watch.put_off[sort_key(key)])


def was_sent_anew(life: Life, key: DeliveryKey) -> bool:
    """Whether it was held, or recovered, and then sent at its user's wish: that is another clock."""
    delivery = life.deliveries.get(key.id)
    return sort_key(key) in life.watch.held or (delivery is not None and delivery.recovered_after > 0)


def times_recovered(life: Life, key: DeliveryKey) -> int:
    """How often its retry policy began anew."""
    return sum(turn.was_recovered for turn in life.watch.deliveries[sort_key(key)])


def may_be_by_hand(life: Life, key: DeliveryKey, post: SeenPost) -> bool:
    """Whether a manual retry of the delivery was among what the POST's run was given."""
    own = f'["{key.event_ulid}","{key.subscription_id}"]'
    messages = life.world.history.invocations[post.invocation].messages
    return any('"manual_retry"' in each and own in each for each in messages)


def troubles_around(life: Life, since: float, until: float) -> int:
    """How many deaths and failures of AWS there were, of whomever: each may have put something off."""
    return sum(since <= at <= until for at in life.world.history.trouble_times)


def sort_key(key: DeliveryKey) -> str:
    """Of the delivery's own item."""
    return keys.delivery(key).sk


def key_of(life: Life, delivery_id: str) -> DeliveryKey | None:
    """None where its user was never told of the subscription."""
    _, ulid, subscription_id = delivery_id.split("_")
    story = life.stories.subscriptions.get(subscription_id)
    if story is None:
        return None
    return DeliveryKey(account_id=story.account, mode=story.mode, event_ulid=ulid, subscription_id=subscription_id)
