"""Subscriptions: who wants which events, where, and in whose dialect."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from parcelhook.model.account import Mode
from parcelhook.model.circuit import CLOSED, Circuit
from parcelhook.model.delivery import RetryPolicy
from parcelhook.model.event import EventType
from parcelhook.model.milestones import Milestone
from parcelhook.model.rate import RateLimit
from parcelhook.values import value

Headers = tuple[tuple[str, str], ...]


@value(kw_only=True)
class Health:
    """How a subscription's endpoint has been doing. Kept by the engine, for dialects that disable on failures."""

    error_count: int = 0
    """Failed attempts since the last success."""
    last_response_code: int | None = None
    last_response_message: str | None = None
    last_pushed_at: datetime | None = None
    last_pushed_id: str | None = None
    """The event that was last delivered."""


@value(kw_only=True)
class Subscription:
    """Account × dialect × event × endpoint URL. ShipEngine and Shippo call it a webhook."""

    id: str
    account_id: str
    mode: Mode
    dialect: str
    event_name: str
    """The event as the dialect names it, e.g. `track`."""
    event_types: tuple[EventType, ...]
    """What that name covers; a catch-all covers several."""
    url: str
    created_at: datetime
    updated_at: datetime
    enabled: bool = True
    headers: Headers = ()
    """Sent with every delivery, as the subscriber asked."""
    dialect_fields: Mapping[str, str | int | bool] = field(default_factory=dict)
    """What only this dialect knows, kept for its own answers (e.g. ShipEngine's `store_id`)."""
    sealed: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Secrets that the subscriber supplied, encrypted, by name."""
    retry_policy: RetryPolicy | None = None
    """In place of the dialect's own."""
    milestones: tuple[Milestone, ...] | None = None
    """Of tracking updates it gets only those that tell one of these; None is all."""
    drop_superseded: bool = False
    """Whether a waiting retry is given up once a newer update of the same tracking number was delivered."""
    rate_limit: RateLimit | None = None
    health: Health = Health()
    slow_since: datetime | None = None
    """Since when its endpoint has not answered within the fast budget; None while it does."""
    circuit: Circuit = CLOSED
    next_slot: datetime | None = None
    """From when on a delivery may be sent, where there is a limit to how many a second."""
    secret_version: int = 1
    previous_secret_until: datetime | None = None
    """Until then the secret of the version before signs too."""
    version: int = 1
    """Counts changes, so that two concurrent ones cannot overwrite each other."""

    @property
    def places(self) -> tuple[str, ...]:
        """Under which names it is stored: a row for each event type, or one where there are no events for it yet."""
        return self.event_types or (place_without_events(self.dialect, self.event_name),)


def place_without_events(dialect: str, event_name: str) -> str:
    """Where subscriptions lie to something that a dialect has a name for, but that there are no events of yet."""
    return f"{dialect}.{event_name}"


@value
class Slot:
    """Where a dialect's subscription lies among those of its account, mode and event type.

    A dialect with one subscription for an event has one slot, so that writing it if it is absent *is* the rule that
    there be only one, however many try at once.
    """

    dialect: str
    exclusive: bool

    def name(self, subscription_id: str) -> str:
        """The slot of a subscription with this id."""
        return self.dialect if self.exclusive else f"{self.dialect}#{subscription_id}"
