"""What must be true of subscriptions, of the failures that are counted and of circuits. As in `invariants.py`."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from parcelhook.resources import REGISTRY
from parcelhook.storage.attributes import decode
from parcelhook.storage.subscription_items import to_subscription
from tests.simulation.explanations import EVENTUAL_SECONDS, key_of, may_be_by_hand
from tests.simulation.history import SeenPost
from tests.simulation.life import Life
from tests.simulation.stories import SubscriptionStory, Wish
from tests.simulation.violation import Check, Violation

# Each row has its own mark; turns and leases are on the first row alone (`storage/endpoint_conditions.py`).
_NOT_ON_ALL_ROWS = frozenset({"pk", "sk", "mark", "next_slot", "leases"})


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
    stale = life.settings.subscription_cache_seconds + EVENTUAL_SECONDS + 2 * history.skew
    for post in posts:
        began, key = history.invocations[post.invocation].began, key_of(life, post.delivery_id)
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
    known = life.settings.subscription_cache_seconds + EVENTUAL_SECONDS
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


CHECKS: tuple[Check, ...] = (one_subscription_for_one_event, failures_are_counted, success_closes_circuits)
