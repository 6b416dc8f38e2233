"""What must be true of secrets, of erased data, and of what producers inside AWS send. As in `invariants.py`."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

from parcelhook.resources import DISPATCH, EVENTS, INGESTION, LEDGER
from parcelhook.storage.attributes import decode
from parcelhook.storage.compression import decompress
from tests.simulation.explanations import troubles_around
from tests.simulation.history import SeenPost
from tests.simulation.life import Life
from tests.simulation.stories import ErasureWish, Rotation
from tests.simulation.violation import Check, Violation

_EVENTUAL_SECONDS = 1.0
_COMPRESSED = ("data", "attempts", "deliveries")
_DAY = 24 * 3600.0
# docs/decisions/024-erasure.md.
ERASED_AFTER_SECONDS = 390.0
_SEEN_AT_ONCE_SECONDS = 300.0


def what_was_erased_is_gone(life: Life) -> Iterator[Violation]:
    """12. Erased data is sent at most by whoever had it in hand, and is in no answer and no table in the end."""
    wishes = [wish for wish in life.stories.erasures if wish.certain]
    stored = _stored(life) if wishes else ""
    for wish in wishes:
        if wish.event.is_alone and wish.event.mark in stored:
            yield Violation("12", f"{wish.event.mark} is still in the ledger", (wish.event.id, wish.event.mark))
        yield from _not_sent(life, wish)
    for wish, began in life.stories.shown:
        if wish.event.is_alone and began > wish.ended + _until_unreadable(life, wish):
            yield Violation("12", f"{wish.event.mark} was shown at {began:.1f} though erased", (wish.event.mark,))


def _not_sent(life: Life, wish: ErasureWish) -> Iterator[Violation]:
    row = life.events.get(wish.event.id)
    ulid = row["sk"].removeprefix("EVENT#") if row else ""
    for post in life.world.history.all_posts() if row else ():
        if f"_{ulid}_" in post.delivery_id and _is_too_late(life, wish, post):
            yield Violation("12", f"{post.delivery_id} was sent after its data was erased", (ulid, wish.event.mark))


def _is_too_late(life: Life, wish: ErasureWish, post: SeenPost) -> bool:
    """Whether whoever made the POST must have known. A first receipt of a young event's message reads nothing. Anybody
    else reads the event, whose data a worker that had it in hand may have brought back for a while."""
    run = life.world.history.invocations[post.invocation]
    slack = _EVENTUAL_SECONDS + 2 * life.world.history.skew
    if run.queue == EVENTS.name:
        young_until = wish.event.accepted + _SEEN_AT_ONCE_SECONDS
        return post.began > max(wish.ended, young_until) + DISPATCH.timeout + slack
    return run.began > wish.ended + _until_unreadable(life, wish)


def _until_unreadable(life: Life, wish: ErasureWish) -> float:
    """Seconds after the answer: as documented, if the queue is not behind and the message not put back."""
    faults = life.world.history.worst
    until = ERASED_AFTER_SECONDS + faults.longest_late_message + faults.longest_slow_call + DISPATCH.timeout
    redriven = any(at > wish.ended for at in life.redriven_at)
    troubles = troubles_around(life, wish.began, wish.ended + until)
    return float("inf") if redriven else until + troubles * EVENTS.visibility_timeout


def _stored(life: Life) -> str:
    texts = []
    for item in life.world.dynamodb.tables[LEDGER.name].everything():
        values = decode(item)
        # Usage has a number of that name.
        compressed = [values[name] for name in _COMPRESSED if name in values and not isinstance(values[name], int)]
        texts += [json.dumps(decompress(bytes(each))) for each in compressed]
        texts += [value for value in values.values() if isinstance(value, str)]
    return "\n".join(texts)


def receivers_can_check(life: Life) -> Iterator[Violation]:
    """13. Every delivery is signed with the newest secret that its user knows, and with the one before for 24 hours."""
    for subscription_id in {rotation.subscription_id for rotation in life.stories.rotations}:
        rotations = [each for each in life.stories.rotations if each.subscription_id == subscription_id]
        for post in life.world.history.all_posts():
            if post.delivery_id.endswith(f"_{subscription_id}"):
                yield from _signed(life, rotations, post)


def _signed(life: Life, rotations: list[Rotation], post: SeenPost) -> Iterator[Violation]:
    stale = life.settings.subscription_cache_seconds + _EVENTUAL_SECONDS + 2 * life.world.history.skew
    began = life.world.history.invocations[post.invocation].began
    done = [each for each in rotations if each.ended + stale < began]
    begun = [each for each in rotations if each.began <= post.began]
    # Where one is under way, or gave no answer, its user does not know which secret is the newest.
    if not done or done != begun or not all(each.certain for each in begun):
        return
    latest = done[-1]
    if not _fits(latest.after, post):
        yield Violation("13", f"{post.delivery_id} is not signed with the new secret", (latest.subscription_id,))
    overlaps = any(other is not latest and other.ended > latest.began for other in rotations)
    if not overlaps and post.began < latest.began + _DAY - stale and not _fits(latest.before, post):
        yield Violation("13", f"{post.delivery_id} is not signed with the secret before", (latest.subscription_id,))


def _fits(secret: str, post: SeenPost) -> bool:
    headers = post.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + post.body
    digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}" in headers["webhook-signature"].split()


def producers_are_heard(life: Life) -> Iterator[Violation]:
    """14. What a producer inside AWS sends is accepted, or kept as refused with the reason; never neither, or both."""
    (queue,) = life.world.sqs.refused.values()
    kept = [message for _, _, message in queue.hidden] + queue.visible
    refused = {message.body for message in kept}
    if any(set(message.attributes) != {"error", "reason"} for message in kept):
        yield Violation("14", f"a message of {INGESTION.name} was refused without a reason")
    data = [json.dumps(decompress(bytes(row["data"]))) for row in life.events.values()]
    erased = {wish.event.mark for wish in life.stories.erasures}
    for production in life.stories.productions:
        if production.is_good is (production.body in refused):
            yield Violation("14", f"{production.body} was {'' if production.is_good else 'not '}refused")
        for mark in production.marks:
            found = mark in erased or any(mark in text for text in data)
            if found is not production.is_good and mark not in erased:
                yield Violation("14", f"{mark} is {'not ' if production.is_good else ''}in the ledger", (mark,))


CHECKS: tuple[Check, ...] = (what_was_erased_is_gone, receivers_can_check, producers_are_heard)
