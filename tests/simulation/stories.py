"""What users did and were told: what they may rightly expect follows from nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType


class Wish(StrEnum):
    """What a user last asked of a subscription."""

    ON = "on"
    OFF = "off"
    GONE = "gone"
    UNKNOWN = "unknown"
    """The call brought no answer, or one that leaves it open."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One call about a subscription, in seconds from the beginning."""

    began: float
    ended: float
    wish: Wish


@dataclass(slots=True, kw_only=True)
class SubscriptionStory:
    """One subscription."""

    id: str
    account: str
    mode: Mode
    dialect: str
    event_name: str
    event_types: tuple[EventType, ...]
    urls: set[str]
    """All that it ever had."""
    turns: list[Turn] = field(default_factory=list)

    def was_on(self, since: float, until: float) -> bool:
        """Whether it was active throughout, by all that its user was told."""
        before = [turn for turn in self.turns if turn.ended <= since]
        during = [turn for turn in self.turns if turn.ended > since and turn.began <= until]
        return bool(before) and all(turn.wish is Wish.ON for turn in (before[-1], *during))

    def is_off(self, since: float, until: float) -> bool:
        """Whether it was switched off or deleted throughout, by all that its user was told."""
        before = [turn for turn in self.turns if turn.ended <= since]
        during = [turn for turn in self.turns if turn.ended > since and turn.began <= until]
        off = {Wish.OFF, Wish.GONE}
        return bool(before) and all(turn.wish in off for turn in (before[-1], *during))

    @property
    def wish(self) -> Wish:
        """As it is to be."""
        return self.turns[-1].wish


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStory:
    """One event that a user was told is accepted."""

    id: str
    account: str
    mode: Mode
    type: EventType
    mark: str
    """Occurs in its data and nowhere else."""
    called: float
    accepted: float
    is_alone: bool
    """Whether no other event can have the same data: an earlier call without an id of its own may have published it."""


@dataclass(slots=True, kw_only=True)
class ExclusiveTurn:
    """A call that made, or took away, the one subscription that an event may have."""

    place: tuple[str, Mode, str, str]
    """Account, mode, dialect, event."""
    id: str
    made: bool
    began: float
    ended: float
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call that asked for something that happens later."""

    began: float
    ended: float
    certain: bool
    """Whether the answer said that it will be; else it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualWish(Asked):
    """One delivery, once more."""

    delivery_id: str


@dataclass(slots=True, kw_only=True)
class RecoveryWish:
    """Many deliveries of a subscription again."""

    subscription_id: str
    states: tuple[DeliveryState, ...]
    since: float
    asked: Asked
    ulid: str = ""
    """Empty where no answer told."""
    cancelled: Asked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureWish(Asked):
    """An event's data is to be forgotten."""

    event: "EventStory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation(Asked):
    """A new secret, as Standard Webhooks libraries take it, and the one before; empty where no answer told."""

    subscription_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A message that a producer inside AWS put on the queue, and its events by what they are known by."""

    body: str
    is_good: bool
    marks: tuple[str, ...]


@dataclass(slots=True)
class Stories:
    """All of them."""

    subscriptions: dict[str, SubscriptionStory] = field(default_factory=dict)
    events: list[EventStory] = field(default_factory=list)
    exclusive: list[ExclusiveTurn] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    """Answers that mention what is another account's."""
    false_answers: list[str] = field(default_factory=list)
    """Answers that tell of a delivery what did not happen to it."""
    manual: list[ManualWish] = field(default_factory=list)
    recoveries: list[RecoveryWish] = field(default_factory=list)
    erasures: list[ErasureWish] = field(default_factory=list)
    rotations: list[Rotation] = field(default_factory=list)
    productions: list[Production] = field(default_factory=list)
    shown: list[tuple[ErasureWish, float]] = field(default_factory=list)
    """Answers that told what was to be erased, by when their calls began."""

    def of_account(self, account: str) -> Iterable[SubscriptionStory]:
        return [story for story in self.subscriptions.values() if story.account == account]
