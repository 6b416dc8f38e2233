"""What deliveries meet outside: endpoints, subscriptions, schedules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.sender import Post
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.response import Answer, EndpointResponse
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.security.secrets import MasterSecret
from parcelhook.security.signing import RsaSigner

_RSA_KEY = Path(__file__).parents[2] / "vectors" / "rsa_key.pem"


@dataclass
class FakeSchedules:
    """Keeps which schedules there are to be; refuses while `fails`."""

    made: list[tuple[datetime, int]] = field(default_factory=list)
    fails: bool = False

    def ensure(self, bucket: datetime, shard: int) -> None:
        if self.fails:
            raise UnavailableError("no schedules now")
        self.made.append((bucket, shard))


@dataclass
class FakeSubscriptions:
    """Subscriptions as a list; counts how often it is read."""

    subscriptions: list[Subscription] = field(default_factory=list)
    reads: int = 0
    fails: bool = False
    fails_for: EventType | None = None

    def matching(self, account_id: str, mode: Mode, event_type: EventType) -> list[Subscription]:
        self.reads += 1
        if self.fails or event_type is self.fails_for:
            raise UnavailableError("throttled")
        place = (account_id, mode)
        found = (each for each in self.subscriptions if (each.account_id, each.mode) == place)
        return [each for each in found if event_type in each.event_types]


@dataclass
class FakeHealth:
    """Keeps what is noted of subscriptions."""

    failures: list[str] = field(default_factory=list)
    successes: list[str] = field(default_factory=list)

    def note_failure(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        self.failures.append(subscription.id)

    def note_success(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        self.successes.append(subscription.id)


@cache
def rsa_signer() -> RsaSigner:
    """With the test key."""
    return RsaSigner(_RSA_KEY.read_bytes())


@dataclass
class FakeSecrets:
    """Secrets that need no AWS; unavailable while `fails`."""

    fails: bool = False

    def master(self) -> MasterSecret:
        if self.fails:
            raise UnavailableError("no secrets now")
        return MasterSecret(bytes(range(32)))

    def rsa(self) -> RsaSigner:
        return rsa_signer()


def status(code: int, *, retry_after: str | None = None, body: bytes = b"") -> EndpointResponse:
    """What an endpoint answers."""
    return EndpointResponse(status_code=code, body=body, retry_after=retry_after)


async def _at_once(post: Post) -> None:
    """Nothing happens between a POST and its answer."""


@dataclass
class FakeSender:
    """Answers POSTs with what `answer` says, after whatever `meanwhile` does, and keeps them."""

    answer: Callable[[Post], Answer | Exception] = field(default=lambda post: status(200))
    meanwhile: Callable[[Post], Awaitable[None]] = _at_once
    posts: list[Post] = field(default_factory=list)

    async def send(self, post: Post) -> EndpointResponse:
        self.posts.append(post)
        await self.meanwhile(post)
        answer = self.answer(post)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class AttemptsSeen:
    """Is told of attempts and keeps them."""

    results: list[AttemptResult] = field(default_factory=list)

    def attempted(self, work: Work, result: AttemptResult) -> None:
        self.results.append(result)
