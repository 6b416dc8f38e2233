"""What must be true of what accounts are told: nothing of each other, and the truth. As in `invariants.py`."""

from collections.abc import Iterator

from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from tests.simulation.api_claims import attempts_that_were_not
from tests.simulation.explanations import EVENTUAL_SECONDS, duplicates, excess_allowed
from tests.simulation.life import Life
from tests.simulation.stories import SubscriptionStory, Wish
from tests.simulation.violation import Check, Violation


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
    known_since = life.accepted(key.event_ulid) - EVENTUAL_SECONDS - 2 * life.world.history.skew
    had_turns = story is None or any(turn.wish is not Wish.ON or turn.ended > known_since for turn in story.turns)
    was_left_out = (key.event_ulid, key.subscription_id) in life.watch.forgotten
    return was_left_out and had_turns and duplicates(life, key) > 0


CHECKS: tuple[Check, ...] = (accounts_are_apart, the_api_tells_the_truth)
