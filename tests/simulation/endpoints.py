"""Subscribers' endpoints: how they answer, and what they saw."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptTimeoutError, ConnectionFailedError
from parcelhook.model.response import EndpointResponse
from tests.simulation.history import SeenPost
from tests.simulation.process import Process


@dataclass(frozen=True, slots=True)
class Reaction:
    """What an endpoint does with one POST."""

    seconds: float
    """Until it has answered."""
    status: int | None
    """None where it breaks the connection."""
    retry_after: str | None = None


# As users write them.
_MARKS = re.compile(rb"zq[a-z]q\d{5,}")

Behaviour = Callable[[Random, float], Reaction]
"""Reacts to a POST, at so many seconds from the beginning."""


def succeed(random: Random, at: float) -> Reaction:
    """Takes everything, at once."""
    return Reaction(random.uniform(0.02, 0.6), random.choice((200, 200, 201, 204)))


def fail(random: Random, at: float) -> Reaction:
    """Has a fault."""
    return Reaction(random.uniform(0.02, 2.0), random.choice((500, 502, 503)))


def refuse(random: Random, at: float) -> Reaction:
    """Knows nothing of webhooks."""
    return Reaction(random.uniform(0.02, 0.3), random.choice((400, 404, 410)))


def break_off(random: Random, at: float) -> Reaction:
    """Closes the connection."""
    return Reaction(random.uniform(0.0, 1.0), None)


def hang(random: Random, at: float) -> Reaction:
    """Never answers."""
    return Reaction(3600.0, None)


def answer_late(random: Random, at: float) -> Reaction:
    """Takes everything, and now and then answers when nobody listens any more."""
    return Reaction(random.choice((0.5, 2.5, 4.0, 11.0, 31.0)), 200)


def ask_to_wait(random: Random, at: float) -> Reaction:
    """Has too much to do just now."""
    return Reaction(0.1, 429, retry_after=str(random.choice((30, 600, 4000))))


def sometimes_fail(random: Random, at: float) -> Reaction:
    """Fails every other time."""
    return (succeed if random.random() < 0.5 else fail)(random, at)


def flapping(period: float, bad: Behaviour) -> Behaviour:
    """Good and bad by turns, for `period` seconds each."""

    def flap(random: Random, at: float) -> Reaction:
        return (bad if int(at / period) % 2 else succeed)(random, at)

    return flap


def draw(random: Random) -> Behaviour:
    """Half of all endpoints are well."""
    if random.random() < 0.5:
        return succeed
    return draw_bad(random)


def draw_bad(random: Random) -> Behaviour:
    """One that is not well, or not always."""
    bad = random.choice((fail, hang, break_off))
    flaps = flapping(random.choice((20.0, 300.0, 2000.0)), bad)
    return random.choice((fail, refuse, break_off, hang, answer_late, ask_to_wait, sometimes_fail, flaps, flaps))


@dataclass(slots=True)
class Endpoints:
    """All there are, by URL."""

    random: Random
    marks: Sequence[str]
    """What the accounts' data and URLs are known by."""
    behaviours: dict[str, Behaviour] = field(default_factory=dict)

    def react(self, url: str, at: float) -> Reaction:
        """What the endpoint at `url` does."""
        return self.behaviours.get(url, succeed)(self.random, at)

    def mentioned(self, post: Post) -> frozenset[str]:
        """Which accounts a POST is about."""
        text = post.url + post.body.decode() + "".join(post.headers.values())
        return frozenset(mark for mark in self.marks if mark in text)


@dataclass(slots=True)
class SimulatedSender:
    """Sends to simulated endpoints, on behalf of a process that may die meanwhile."""

    process: Process
    endpoints: Endpoints
    invocation: int = 0

    async def send(self, post: Post) -> EndpointResponse:
        """As `Sender` says."""
        around, history = self.process.surroundings, self.process.history
        self.process.may_die("before a POST")
        reaction = self.endpoints.react(post.url, around.loop.seconds)
        seen = SeenPost(
            delivery_id=post.headers["webhook-id"],
            url=post.url,
            began=around.loop.seconds,
            invocation=self.invocation,
            process=self.process.name,
            mentions=self.endpoints.mentioned(post),
            body=post.body,
            headers=post.headers,
        )
        history.posts[seen.delivery_id].append(seen)
        seen.accepted = reaction.status is not None and reaction.status < 300
        history.note("post", self.process.name, f"{seen.delivery_id} to {post.url}")
        await asyncio.sleep(min(reaction.seconds, post.timeout_seconds))
        self.process.may_die("after a POST")
        seen.ended = around.loop.seconds
        if reaction.seconds >= post.timeout_seconds:
            history.note("answer", self.process.name, f"{seen.delivery_id}: none in time")
            raise AttemptTimeoutError(f"No complete answer within {post.timeout_seconds:g} s.")
        seen.status = reaction.status
        history.note("answer", self.process.name, f"{seen.delivery_id}: {reaction.status}")
        if reaction.status is None:
            raise ConnectionFailedError("The connection broke.")
        # Some endpoints repeat what they were told.
        body = b"told " + b" ".join(_MARKS.findall(post.body)[:1])
        return EndpointResponse(status_code=reaction.status, body=body, retry_after=reaction.retry_after)
