"""What happened in a simulated life, as somebody saw it who stood outside: the measure of what our code claims."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.simulation.faults import Faults


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened, `at` seconds after the beginning."""

    at: float
    kind: str
    who: str
    text: str


@dataclass(slots=True, kw_only=True)
class SeenPost:
    """A POST that left."""

    delivery_id: str
    url: str
    began: float
    invocation: int
    process: str
    mentions: frozenset[str]
    """Marks of accounts that its body, URL and headers have in them."""
    body: bytes
    headers: Mapping[str, str]
    ended: float | None = None
    """When its answer came back; None where nobody was there any more to hear it."""
    status: int | None = None
    """As our code saw it; None where it was no answer in time."""
    accepted: bool = False
    """Whether the endpoint took it, in time or not."""


@dataclass(frozen=True, slots=True)
class FailedWrite:
    """A write that AWS refused, or whose answer got lost."""

    at: float
    keys: frozenset[str]
    """Sort keys of what was to be written."""
    is_group: bool
    """Whether results were written together: then none of them counts as recorded."""


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One run of dispatch."""

    number: int
    process: str
    began: float
    queue: str
    messages: tuple[str, ...]
    ended: float | None = None
    died: bool = False
    troubles: int = 0
    """How often AWS failed it."""
    failed_writes: tuple[FailedWrite, ...] = ()

    @property
    def is_troubled(self) -> bool:
        """Whether it may not have come to the end of what it did."""
        return self.is_unfinished or self.troubles > 0

    @property
    def is_unfinished(self) -> bool:
        """Whether it died or ran out of time."""
        return self.died or self.ended is None


@dataclass(slots=True)
class History:
    """All of it, in order."""

    now: Callable[[], float]
    notes: list[Note] = field(default_factory=list)
    posts: defaultdict[str, list[SeenPost]] = field(default_factory=lambda: defaultdict(list))
    """By delivery."""
    invocations: dict[int, Invocation] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    """In how many messages an event was that could be received, by its ULID; a message in two copies counts twice."""
    own_faults: list[str] = field(default_factory=list)
    """What our code logged as a fault of its own."""
    counts: Counter[str] = field(default_factory=Counter)
    trouble_times: list[float] = field(default_factory=list)
    worst: Faults = field(default_factory=Faults)
    """What could go wrong before everything was calm."""

    @property
    def skew(self) -> float:
        """By how many seconds clocks differed."""
        return self.worst.skew

    def note(self, kind: str, who: str, text: str) -> None:
        """Remembers something for whoever has to read of a failed run."""
        self.notes.append(Note(self.now(), kind, who, text))

    def died(self, process: str, where: str) -> None:
        """A process died."""
        self.counts["deaths"] += 1
        self.trouble_times.append(self.now())
        self.note("death", process, where)

    def trouble(self, process: str, operation: str, what: str) -> None:
        """AWS failed a process."""
        self.counts["troubles"] += 1
        self.trouble_times.append(self.now())
        self.note("aws", process, f"{operation}: {what}")

    def all_posts(self) -> Iterable[SeenPost]:
        """Every POST there was."""
        return (post for posts in self.posts.values() for post in posts)

    def tell(self, *words: str, most: int = 60) -> str:
        """The latest notes that mention one of `words`, with every death; all where no words are given."""
        chosen = [
            note for note in self.notes if not words or note.kind == "death" or any(word in note.text for word in words)
        ]
        return "\n".join(f"{note.at:12.3f}  {note.kind:10} {note.who:12} {note.text}" for note in chosen[-most:])
