"""Accounts and the API keys that prove them."""

from datetime import datetime
from enum import StrEnum

from parcelhook.values import value


class Mode(StrEnum):
    """Whether something is real or a trial. Live and test never see each other."""

    LIVE = "live"
    TEST = "test"


@value(kw_only=True)
class Account:
    """A tenant. A child account's subscriptions and events are its own, not its parent's."""

    id: str
    name: str
    created_at: datetime
    parent_id: str | None = None
    default_webhook_url: str | None = None
    """Where tracking updates of bought labels go, unless a webhook says otherwise."""
    registers_tracks: bool = False
    """Whether it ever registered a tracking number, so that published updates are looked at for one."""


@value(kw_only=True)
class ApiKey:
    """What is kept of an API key. The key itself is shown once and never stored."""

    id: str
    account_id: str
    mode: Mode
    hint: str
    """Enough of the key to recognise it: its prefix and its last four characters."""
    created_at: datetime
    revoked_at: datetime | None = None


@value(kw_only=True)
class Principal:
    """Who calls: proved by an API key."""

    account_id: str
    mode: Mode
    key_id: str
