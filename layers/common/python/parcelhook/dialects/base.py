"""What a dialect is: all in which one vendor's webhooks differ from another's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from parcelhook.collaborators import collaborator
from parcelhook.errors import NotFoundError
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import Event, EventType
from parcelhook.model.response import Answer
from parcelhook.model.subscription import Slot, Subscription, place_without_events
from parcelhook.security.signing import RsaSigner, standard_webhooks_secret
from parcelhook.values import value


@value(kw_only=True)
class Body:
    """What is POSTed. The bytes that are signed are the bytes that are sent."""

    content: bytes
    content_type: str = "application/json"


@value(kw_only=True, printed=False)
class Signing:
    """What a dialect may sign an attempt with. Made anew for each attempt, since signatures carry the time."""

    now: datetime
    secrets: Sequence[bytes]
    """The subscription's signing secret, and during a rotation the one before."""
    supplied: Mapping[str, str]
    """Secrets that the subscriber supplied, by name."""
    read_rsa: Callable[[], RsaSigner]
    """Only dialects that sign with RSA ask for it: reading the key is a call to AWS, loading it takes its time."""

    @property
    def rsa(self) -> RsaSigner:
        """The deployment's RSA key. Raises `UnavailableError` when it cannot be read."""
        return self.read_rsa()

    @property
    def secret_texts(self) -> Sequence[str]:
        """The signing secrets as subscribers are shown them: the keys of vendors' own HMAC signatures."""
        return [standard_webhooks_secret(secret) for secret in self.secrets]


class Dialect(Protocol):
    """The wire rules of one vendor. Pure: no AWS, no clock, no randomness of its own."""

    @property
    def name(self) -> str:
        """As subscriptions name it."""
        ...

    @property
    def slot(self) -> Slot:
        """Whether there is one subscription for an event, or many."""
        ...

    @property
    def event_names(self) -> Mapping[str, tuple[EventType, ...]]:
        """The vendor's names of events, and what each covers; a catch-all covers several."""
        ...

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Whose keys may manage subscriptions: some vendors have no webhooks in test mode."""
        ...

    @property
    def longest_url(self) -> int | None:
        """How many characters the URL of an endpoint may have, where the vendor says less than we do."""
        ...

    @property
    def default_fields(self) -> Mapping[str, str]:
        """The `dialect_fields` of a subscription that is made without saying any."""
        ...

    @property
    def timeout_seconds(self) -> float:
        """How long an attempt may take in all."""
        ...

    @property
    def retry_policy(self) -> RetryPolicy:
        """How often a delivery is tried, and how far apart."""
        ...

    @property
    def disable_after(self) -> int | None:
        """After how many failed attempts in a row a subscription is disabled; None is never."""
        ...

    @property
    def own_headers(self) -> tuple[str, ...]:
        """How the names of the vendor's own headers begin, in lower case; subscribers may not set such."""
        ...

    def new_id(self, ids: Ids) -> str:
        """An id for a new subscription, as the vendor writes them."""
        ...

    def owns_id(self, subscription_id: str) -> bool:
        """Whether this is an id of this dialect's, by its form. No two dialects own the same."""
        ...

    def body(self, event: Event, subscription: Subscription) -> Body:
        """The event as this vendor tells it."""
        ...

    def headers(self, body: Body, subscription: Subscription, signing: Signing) -> dict[str, str]:
        """The vendor's own headers of an attempt: user agent, version, signature."""
        ...

    def outcome(self, answer: Answer) -> Outcome:
        """What an answer means: delivered, to be retried, or given up."""
        ...


@collaborator
class Dialects:
    """All dialects there are."""

    known: tuple[Dialect, ...]

    def named(self, name: str) -> Dialect:
        """The dialect that a subscription names."""
        return next(dialect for dialect in self.known if dialect.name == name)

    @property
    def own_headers(self) -> tuple[str, ...]:
        """How the names of all vendors' own headers begin."""
        return tuple(beginning for dialect in self.known for beginning in dialect.own_headers)

    def owning(self, subscription_id: str) -> Dialect:
        """The dialect whose subscription this id is of. Raises `NotFoundError`."""
        for dialect in self.known:
            if dialect.owns_id(subscription_id):
                return dialect
        raise NotFoundError(f"There is no subscription {subscription_id}.")


def is_disabled(dialect: Dialect, subscription: Subscription) -> bool:
    """Whether a subscription failed so often that it gets nothing until its owner says so."""
    return dialect.disable_after is not None and subscription.health.error_count >= dialect.disable_after


def has_circuit(dialect: Dialect) -> bool:
    """Whether failures open a subscription's circuit. A vendor's own rule for failures takes its place."""
    return dialect.disable_after is None


def retry_policy(dialects: Dialects, subscription: Subscription) -> RetryPolicy:
    """The subscription's own, or else the dialect's."""
    return subscription.retry_policy or dialects.named(subscription.dialect).retry_policy


def covered_types(dialect: Dialect) -> tuple[EventType, ...]:
    """All event types that a dialect has a name for, each once."""
    return tuple(dict.fromkeys(_flat(dialect.event_names.values())))


def places(dialect: Dialect) -> tuple[str, ...]:
    """Under which names subscriptions of a dialect are stored."""
    empty = [name for name, covered in dialect.event_names.items() if not covered]
    return (*covered_types(dialect), *(place_without_events(dialect.name, name) for name in empty))


def _flat(groups: Iterable[Iterable[EventType]]) -> Iterable[EventType]:
    return (event_type for group in groups for event_type in group)
