"""What deliveries meet outside: endpoints, subscriptions, schedules."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.observers import Observer
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import Event, EventType
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
    """Subscriptions as a list; counts how often it is read. Eventual reads do not show what is `unseen` yet."""

    subscriptions: list[Subscription] = field(default_factory=list)
    unseen: list[Subscription] = field(default_factory=list)
    reads: int = 0
    fails: bool = False
    fails_for: EventType | None = None

    def matching(
        self, account_id: str, mode: Mode, event_type: EventType, *, consistent: bool = False
    ) -> list[Subscription]:
        self.reads += 1
        if self.fails or event_type is self.fails_for:
            raise UnavailableError("throttled")
        place = (account_id, mode)
        there = [*self.subscriptions, *(self.unseen if consistent else ())]
        found = (each for each in there if (each.account_id, each.mode) == place)
        return [each for each in found if event_type in each.event_types]


@dataclass
class FakeHealth:
    """Keeps what is noted of subscriptions."""

    failures: list[str] = field(default_factory=list)
    successes: list[str] = field(default_factory=list)

    def note_failure(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> bool:
        self.failures.append(subscription.id)
        return False

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
    rsa_reads: int = 0

    def master(self) -> MasterSecret:
        if self.fails:
            raise UnavailableError("no secrets now")
        return MasterSecret(bytes(range(32)))

    def rsa(self) -> RsaSigner:
        self.rsa_reads += 1
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
class AttemptsSeen(Observer):
    """Is told of a worker's doings, and keeps its attempts and what became of events and deliveries."""

    results: list[AttemptResult] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def received(self, messages: Sequence[ReceivedMessage]) -> None:
        self.told.append(f"received {len(messages)}")

    def accepted(self, event: Event) -> None:
        self.told.append("accepted")

    def attempted(self, work: Work, result: AttemptResult) -> None:
        self.results.append(result)
        self.told.append("attempted")

    def recorded(self, delivery: Delivery) -> None:
        self.told.append(f"recorded {delivery.state}")

    def given_up(self, delivery: Delivery) -> None:
        self.told.append(f"given up {delivery.state}")

    def ended(self) -> None:
        self.told.append("ended")


@dataclass
class FakeCircuitCount:
    """Keeps until when circuits are open, by subscription."""

    open_until: dict[str, datetime] = field(default_factory=dict)

    def note(self, subscription: Subscription, open_until: datetime) -> None:
        self.open_until[subscription.id] = open_until


@dataclass
class FakeConditions:
    """Keeps what is noted of endpoints; everybody may probe and is sent to at once."""

    noted: list[str] = field(default_factory=list)
    fails: bool = False

    def _note(self, what: str) -> bool:
        if self.fails:
            raise UnavailableError("throttled")
        self.noted.append(what)
        return True

    def mark_slow(self, subscription: Subscription, slot: Slot, now: datetime) -> None:
        self._note("slow")

    def clear_slow(self, subscription: Subscription, slot: Slot) -> None:
        self._note("fast")

    def count_failures(self, subscription: Subscription, slot: Slot, count: int, *, limit: int) -> bool:
        return self._note(f"{count} failed")

    def open(
        self, subscription: Subscription, slot: Slot, count: int, *, limit: int, now: datetime, until: datetime
    ) -> bool:
        return self._note("opened")

    def open_again(
        self, subscription: Subscription, slot: Slot, *, openings: int, now: datetime, until: datetime
    ) -> bool:
        return self._note(f"opened {openings}")

    def close(self, subscription: Subscription, slot: Slot, now: datetime) -> bool:
        return self._note("closed")

    def forget_failures(self, subscription: Subscription, slot: Slot) -> None:
        self._note("forgot")

    def claim_probe(self, subscription: Subscription, slot: Slot, now: datetime, until: datetime) -> bool:
        return self._note("probe")

    def take_slots(
        self, subscription: Subscription, slot: Slot, wanted: int, *, rate: float, now: datetime, horizon: timedelta
    ) -> tuple[datetime, ...]:
        self._note("slots")
        return (now,) * wanted

    def take_leases(
        self,
        subscription: Subscription,
        slot: Slot,
        names: tuple[str, ...],
        *,
        most: int,
        now: datetime,
        until: datetime,
    ) -> tuple[str, ...]:
        self._note("leases")
        return names

    def release_leases(self, subscription: Subscription, slot: Slot, names: tuple[str, ...]) -> None:
        self._note("released")
