"""What must be true of what is sent: how often, to whom and when. As in `invariants.py`."""

from collections.abc import Iterator
from itertools import pairwise

from parcelhook.model.delivery import DeliveryKey
from parcelhook.resources import EVENTS, RETRIES, SWEEP_INTERVAL_MINUTES
from tests.simulation.explanations import (
    EVENTUAL_SECONDS,
    HURRY_SECONDS,
    excess_allowed,
    key_of,
    may_be_by_hand,
    may_come_at_any_time,
    times_recovered,
    troubles_around,
    was_put_off,
    was_sent_anew,
)
from tests.simulation.life import Life
from tests.simulation.triggers import PRECISION_SECONDS
from tests.simulation.violation import Check, Violation

_MILLISECOND = 0.002


def every_post_is_explained(life: Life) -> Iterator[Violation]:
    """2. No more POSTs for a delivery than attempts, but for duplicates that a recorded crash or duplicate explains."""
    for delivery_id, posts in life.world.history.posts.items():
        key, delivery = key_of(life, delivery_id), life.deliveries.get(delivery_id)
        if key is None:
            continue
        attempts = delivery.attempts if delivery else ()
        by_hand = sum(attempt.is_manual for attempt in attempts)
        # Each recovery begins its retry policy anew.
        allowed = life.settings.retry_attempts * (1 + times_recovered(life, key))
        excess = len(posts) - by_hand - min(len(attempts) - by_hand, allowed)
        if excess > 0 and excess > excess_allowed(life, key):
            text = f"{delivery_id} has {len(posts)} POSTs, {len(attempts)} attempts of {allowed} with {by_hand} by "
            text += f"hand, and {excess_allowed(life, key)} are explained"
            yield Violation("2", text, (delivery_id, key.event_ulid))


def nobody_is_sent_what_he_does_not_want(life: Life) -> Iterator[Violation]:
    """3. No POST to a subscription that was switched off or deleted longer ago than is remembered.

    Counted to the beginning of the run of dispatch that made the POST, since that is when it asks who wants what.
    """
    skew = life.world.history.skew
    stale = life.settings.subscription_cache_seconds + EVENTUAL_SECONDS + 2 * skew
    for post in life.world.history.all_posts():
        story = life.stories.subscriptions.get(post.delivery_id.rpartition("_")[2])
        began = life.world.history.invocations[post.invocation].began
        if story is None:
            continue
        if story.is_off(began - stale, post.began):
            yield Violation("3", f"{post.delivery_id} was sent to a subscription that was off", (story.id,))
        if post.url not in story.urls:
            yield Violation("3", f"{post.delivery_id} was sent to {post.url}, not one of its own", (story.id,))


def attempts_are_well_apart(life: Life) -> Iterator[Violation]:
    """4. Attempts at least the interval apart, at most the interval, Scheduler's precision and what faults add."""
    interval = life.settings.retry_interval_seconds
    skew = life.world.history.skew
    for delivery in life.deliveries.values():
        key = delivery.key
        if was_sent_anew(life, key):
            continue
        posts = sorted(life.world.history.posts[key.id], key=lambda post: post.began)
        posts = [post for post in posts if not may_be_by_hand(life, key, post)]
        for one, other in pairwise(posts):
            if one.ended is None:
                continue
            apart = other.began - one.ended
            is_early = apart < interval - 2 * skew - _MILLISECOND
            if is_early and not may_come_at_any_time(life, key, one, other):
                text = f"{key.id} was sent again after {apart:.1f} s, not {interval}"
                yield Violation("4", text, (key.id, key.event_ulid))
            longest = _longest_wait(life, key, one.ended, other.began)
            if one.status != 429 and apart > longest:
                text = f"{key.id} was sent again only after {apart:.1f} s, not {longest:.1f}"
                yield Violation("4", text, (key.id, key.event_ulid))


def _longest_wait(life: Life, key: DeliveryKey, since: float, until: float) -> float:
    own = life.settings
    bucket = own.bucket_seconds + own.retry_jitter_seconds
    lead = max(0, own.bucket_lead_seconds - own.retry_interval_seconds)
    faults = life.world.history.worst
    usual = own.retry_interval_seconds + bucket + lead + PRECISION_SECONDS + HURRY_SECONDS
    if was_put_off(life, key, since, until):
        # Without an attempt, by one interval at most, and then into the next bucket.
        usual += own.retry_interval_seconds + own.bucket_seconds + own.bucket_lead_seconds + PRECISION_SECONDS
    usual += faults.longest_late_schedule + faults.longest_late_message + faults.longest_stale_index
    put_off = own.sweep_grace_seconds + 60.0 * SWEEP_INTERVAL_MINUTES + bucket + own.bucket_lead_seconds
    put_off += EVENTS.visibility_timeout + PRECISION_SECONDS
    troubles = troubles_around(life, since - HURRY_SECONDS, until)
    # What is due while it is tried by hand comes again when its message does.
    usual += sum(wish.delivery_id == key.id for wish in life.stories.manual) * RETRIES.visibility_timeout
    redriven = any(since <= at <= until for at in life.redriven_at)
    return float("inf") if redriven else usual + troubles * put_off


CHECKS: tuple[Check, ...] = (every_post_is_explained, nobody_is_sent_what_he_does_not_want, attempts_are_well_apart)
