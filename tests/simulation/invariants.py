"""What must be true of every life, whatever went wrong in it. Each check tells all that is not."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from parcelhook.dialects.base import is_disabled
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.resources import DISPATCH, EVENTS, REGISTRY, RETRIES, SWEEP_INTERVAL_MINUTES
from parcelhook.storage.attributes import decode
from parcelhook.storage.subscription_items import to_subscription
from tests.simulation import confidences, promises
from tests.simulation.api_claims import attempts_that_were_not
from tests.simulation.explanations import (
    duplicates,
    excess_allowed,
    may_be_by_hand,
    may_come_at_any_time,
    times_recovered,
    troubles_around,
    was_put_off,
    was_sent_anew,
)
from tests.simulation.history import SeenPost
from tests.simulation.life import Life, is_settled
from tests.simulation.stories import EventStory, SubscriptionStory, Wish
from tests.simulation.triggers import PRECISION_SECONDS
from tests.simulation.violation import Check, Violation

# A new subscription misses nothing but what DynamoDB's eventual reads hide (`delivery/matching.py`).
_EVENTUAL_SECONDS = 1.0
_MILLISECOND = 0.002
# Between messages of a busy queue, and calls of AWS in a batch.
_HURRY_SECONDS = 60.0
# Each row has its own mark; turns and leases are on the first row alone (`storage/endpoint_conditions.py`).
_NOT_ON_ALL_ROWS = frozenset({"pk", "sk", "mark", "next_slot", "leases"})


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
    since = event.called - _EVENTUAL_SECONDS - 2 * life.world.history.skew
    if delivery is None:
        until = _first_dispatch_ends(life, event, ulid)
        # Whoever receives an event once it is erased sends nothing, and has nothing to write down.
        erased = any(wish.event is event for wish in life.stories.erasures)
        if story.was_on(since, until) and not erased:
            yield Violation("1", f"{key.id} does not exist", (event.id, ulid, story.id, event.mark))
        return
    until = life.seconds_until(delivery.updated_at) + _HURRY_SECONDS
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
    longest = EVENTS.max_receives * EVENTS.visibility_timeout + DISPATCH.timeout + _HURRY_SECONDS
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


def every_post_is_explained(life: Life) -> Iterator[Violation]:
    """2. No more POSTs for a delivery than attempts, but for duplicates that a recorded crash or duplicate explains."""
    for delivery_id, posts in life.world.history.posts.items():
        key, delivery = _key(life, delivery_id), life.deliveries.get(delivery_id)
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


def _key(life: Life, delivery_id: str) -> DeliveryKey | None:
    """None where its user was never told of the subscription."""
    _, ulid, subscription_id = delivery_id.split("_")
    story = life.stories.subscriptions.get(subscription_id)
    if story is None:
        return None
    return DeliveryKey(account_id=story.account, mode=story.mode, event_ulid=ulid, subscription_id=subscription_id)


def nobody_is_sent_what_he_does_not_want(life: Life) -> Iterator[Violation]:
    """3. No POST to a subscription that was switched off or deleted longer ago than is remembered.

    Counted to the beginning of the run of dispatch that made the POST, since that is when it asks who wants what.
    """
    skew = life.world.history.skew
    stale = life.settings.subscription_cache_seconds + _EVENTUAL_SECONDS + 2 * skew
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
    usual = own.retry_interval_seconds + bucket + lead + PRECISION_SECONDS + _HURRY_SECONDS
    if was_put_off(life, key, since, until):
        # Without an attempt, by one interval at most, and then into the next bucket.
        usual += own.retry_interval_seconds + own.bucket_seconds + own.bucket_lead_seconds + PRECISION_SECONDS
    usual += faults.longest_late_schedule + faults.longest_late_message + faults.longest_stale_index
    put_off = own.sweep_grace_seconds + 60.0 * SWEEP_INTERVAL_MINUTES + bucket + own.bucket_lead_seconds
    put_off += EVENTS.visibility_timeout + PRECISION_SECONDS
    troubles = troubles_around(life, since - _HURRY_SECONDS, until)
    # What is due while it is tried by hand comes again when its message does.
    usual += sum(wish.delivery_id == key.id for wish in life.stories.manual) * RETRIES.visibility_timeout
    redriven = any(since <= at <= until for at in life.redriven_at)
    return float("inf") if redriven else usual + troubles * put_off


def one_subscription_for_one_event(life: Life) -> Iterator[Violation]:
    """5. Where an event may have one subscription, it has at most one under any interleaving."""
    places = defaultdict(list)
    for turn in life.stories.exclusive:
        places[turn.place].append(turn)
    for place, turns in places.items():
        alive = [turn for turn in turns if turn.made]
        for one in alive:
            gone = [turn.began for turn in turns if not turn.made and turn.id == one.id]
            until = min(gone, default=float("inf"))
            for other in alive:
                if other is not one and one.ended < other.began and other.ended < until and not gone:
                    yield Violation("5", f"{other.id} was made beside {one.id} at {place}", (one.id, other.id))
        together = [
            (one, other)
            for number, one in enumerate(alive)
            for other in alive[number + 1 :]
            if one.began < other.ended and other.began < one.ended and not any(not turn.made for turn in turns)
        ]
        for one, other in together:
            yield Violation("5", f"{one.id} and {other.id} were made at once at {place}", (one.id, other.id))
    yield from _rows_are_whole(life)


def _rows_are_whole(life: Life) -> Iterator[Violation]:
    """Rows of one subscription say the same, and are all there."""
    rows = defaultdict(list)
    for item in life.world.dynamodb.tables[REGISTRY.name].everything():
        values = decode(item)
        if values["sk"].startswith("SUB#"):
            rows[values["id"]].append(values)
    for subscription_id, own in rows.items():
        told = [{name: each[name] for name in each.keys() - _NOT_ON_ALL_ROWS} for each in own]
        if len(own) != len(to_subscription(own[0]).places) or any(each != told[0] for each in told):
            yield Violation("5", f"the rows of {subscription_id} are not alike", (subscription_id,))


def failures_are_counted(life: Life) -> Iterator[Violation]:
    """6. A subscription is disabled exactly at its dialect's number of failures in a row; a success begins anew."""
    for subscription_id, turns in life.watch.health.items():
        story = life.stories.subscriptions.get(subscription_id)
        if story is None:
            continue
        limit = life.dialects.named(story.dialect).disable_after
        if limit is None:
            continue
        for turn in turns:
            if turn.after not in {0, turn.before, turn.before + 1} or turn.after > limit:
                yield Violation("6", f"{subscription_id} went from {turn.before} to {turn.after}", (subscription_id,))
        yield from _count_fits_attempts(life, story, limit)
        yield from _success_begins_anew(life, story, limit)


def _count_fits_attempts(life: Life, story: SubscriptionStory, limit: int) -> Iterator[Violation]:
    """Where nothing went wrong and nobody changed anything, the count is what the attempts' ends add up to."""
    history = life.world.history
    posts = [post for post in history.all_posts() if post.delivery_id.endswith(f"_{story.id}")]
    if len(story.turns) > 1 or any(history.invocations[post.invocation].is_troubled for post in posts):
        return
    expected, row = 0, None
    for post in sorted(posts, key=lambda each: each.ended or 0.0):
        succeeded = post.status is not None and post.status < 300
        expected = limit if expected >= limit else 0 if succeeded else expected + 1
    for item in life.world.dynamodb.tables[REGISTRY.name].everything():
        values = decode(item)
        row = values if values.get("id") == story.id and values["sk"].startswith("SUB#") else row
    overlapping = any(one.ended and other.began < one.ended for one, other in pairwise(sorted(posts, key=_began)))
    if row is not None and not overlapping and row.get("error_count", 0) != expected:
        text = f"{story.id} has {row.get('error_count', 0)} failures, not {expected}"
        yield Violation("6", text, (story.id,))
    sent_after = [turn.at for turn in life.watch.health[story.id] if turn.after >= limit]
    stale = life.settings.subscription_cache_seconds + _EVENTUAL_SECONDS + 2 * history.skew
    for post in posts:
        began, key = history.invocations[post.invocation].began, _key(life, post.delivery_id)
        # Who asks for an attempt by hand wants to see whether the endpoint works again.
        by_hand = key is not None and may_be_by_hand(life, key, post)
        if sent_after and began > sent_after[0] + stale and not by_hand:
            yield Violation("6", f"{post.delivery_id} was sent to a disabled subscription", (story.id,))


def _success_begins_anew(life: Life, story: SubscriptionStory, limit: int) -> Iterator[Violation]:
    """By the end of the run that a success is of, the count was at nought at some moment, or at its end."""
    turns = life.watch.health[story.id]
    for post, ended in _successes(life, story):
        before = next((turn.after for turn in reversed(turns) if turn.at < post.began), 0)
        counts = [before, *(turn.after for turn in turns if post.began <= turn.at <= ended)]
        if 0 not in counts and max(counts) < limit:
            text = f"{post.delivery_id} succeeded, and the failures of {story.id} are still {counts[-1]}"
            yield Violation("6", text, (story.id,))


def success_closes_circuits(life: Life) -> Iterator[Violation]:
    """9. A success closes a circuit that its run must have known to be open."""
    known = life.settings.subscription_cache_seconds + _EVENTUAL_SECONDS
    for subscription_id, turns in life.watch.circuits.items():
        story = life.stories.subscriptions.get(subscription_id)
        for post, ended in _successes(life, story) if story else ():
            since = life.world.history.invocations[post.invocation].began - known
            last = next((turn for turn in reversed(turns) if turn.at <= ended), None)
            if last is not None and last.is_open and last.at < since:
                text = f"{post.delivery_id} succeeded, and the circuit of {subscription_id} stays open"
                yield Violation("9", text, (subscription_id,))


def _successes(life: Life, story: SubscriptionStory) -> Iterator[tuple[SeenPost, float]]:
    """POSTs that succeeded while their subscription was there, of untroubled runs, and when those ended."""
    history = life.world.history
    for post in history.all_posts():
        run = history.invocations[post.invocation]
        if not post.delivery_id.endswith(f"_{story.id}") or run.is_troubled or run.ended is None:
            continue
        is_there = all(turn.wish in {Wish.ON, Wish.OFF} for turn in story.turns if turn.began <= run.ended)
        if is_there and post.status is not None and post.status < 300:
            yield post, run.ended


def _began(post: object) -> float:
    return float(post.began)  # type: ignore[attr-defined]


def accounts_are_apart(life: Life) -> Iterator[Violation]:
    """7. Another account's data never appears in any answer, nor in any POST."""
    for text in life.stories.foreign:
        yield Violation("7", text)
    marks = {story.account: next(iter(story.urls)).split("/")[2].split(".")[0] for story in _stories(life)}
    for post in life.world.history.all_posts():
        story = life.stories.subscriptions.get(post.delivery_id.rpartition("_")[2])
        if story is not None and post.mentions != {marks[story.account]}:
            yield Violation("7", f"{post.delivery_id} mentions {set(post.mentions)}", (post.delivery_id,))
    for event in life.stories.events:
        row = life.events.get(event.id)
        if row is not None and (event.account not in row["pk"] or not row["pk"].endswith(Mode(event.mode))):
            yield Violation("7", f"{event.id} lies at {row['pk']}", (event.id,))


def _stories(life: Life) -> list[SubscriptionStory]:
    return list(life.stories.subscriptions.values())


def the_api_tells_the_truth(life: Life) -> Iterator[Violation]:
    """8. What the api says of a delivery is what happened to it."""
    for text in life.stories.false_answers:
        yield Violation("8", text)
    for delivery_id, delivery in life.deliveries.items():
        claim, posts = life.claims.get(delivery_id), life.world.history.posts[delivery_id]
        if claim is None and _was_forgotten(life, delivery):
            continue
        if claim is None:
            yield Violation("8", f"{delivery_id} is in no list", (delivery_id,))
            continue
        for text in attempts_that_were_not(claim, posts, life.world.history.skew):
            yield Violation("8", f"{delivery_id}: {text}", (delivery_id,))
        untold = len(posts) - len(claim["attempts"])
        if untold > excess_allowed(life, delivery.key):
            yield Violation("8", f"{delivery_id}: {untold} POSTs are not told of", (delivery_id,))


def _was_forgotten(life: Life, delivery: Delivery) -> bool:
    """Lists of an account go by what the event says of its subscriptions. A copy of its message may have written that
    last, by whoever knew a subscription not yet, or not any more (docs/decisions/020-simulation.md)."""
    key, story = delivery.key, life.stories.subscriptions.get(delivery.key.subscription_id)
    known_since = life.accepted(key.event_ulid) - _EVENTUAL_SECONDS - 2 * life.world.history.skew
    had_turns = story is None or any(turn.wish is not Wish.ON or turn.ended > known_since for turn in story.turns)
    was_left_out = (key.event_ulid, key.subscription_id) in life.watch.forgotten
    return was_left_out and had_turns and duplicates(life, key) > 0


CHECKS: tuple[Check, ...] = (
    our_code_has_no_fault,
    nothing_is_lost,
    every_post_is_explained,
    nobody_is_sent_what_he_does_not_want,
    attempts_are_well_apart,
    one_subscription_for_one_event,
    failures_are_counted,
    success_closes_circuits,
    accounts_are_apart,
    the_api_tells_the_truth,
    *promises.CHECKS,
    *confidences.CHECKS,
)


def violations(life: Life) -> list[Violation]:
    """All that is not as it must be."""
    return [violation for check in CHECKS for violation in check(life)]
