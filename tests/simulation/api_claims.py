"""Whether what the api says of a delivery is what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.simulation.history import SeenPost
from tests.simulation.world import START

# Times are told in milliseconds, and a POST leaves a moment after its attempt begins.
_TOLERANCE = 0.05


def is_attempt(post: SeenPost, at: float, status: int | None, skew: float) -> bool:
    """Whether an attempt, begun `at` seconds from the beginning with that answer, may be this POST."""
    return post.ended is not None and abs(post.began - at) <= skew + _TOLERANCE and post.status == status


def attempts_that_were_not(claim: Mapping[str, Any], posts: Sequence[SeenPost], skew: float) -> list[str]:
    """What is wrong with the attempts that are claimed: each must be a POST of its own, at that time, with that end."""
    wrong, left = [], list(posts)
    for attempt in claim["attempts"]:
        at = (datetime.fromisoformat(attempt["at"]) - START).total_seconds()
        match = next((post for post in left if is_attempt(post, at, attempt["status_code"], skew)), None)
        if match is None:
            wrong.append(f"attempt {attempt['number']} with {attempt['status_code']} at {at:.3f} was never made")
        else:
            left.remove(match)
    numbers = [attempt["number"] for attempt in claim["attempts"]]
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append(f"attempts are numbered {numbers}")
    if claim["state"] == "delivered" and not any(post.accepted and post.status is not None for post in posts):
        wrong.append("delivered, and no endpoint ever took it")
    if claim["attempt_count"] != len(claim["attempts"]):
        wrong.append("attempts are counted wrongly")
    return wrong
