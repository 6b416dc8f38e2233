"""Shippo's webhooks, as its webhooks guide and its webhook security page tell them."""

import re
from collections.abc import Callable, Mapping

from parcelhook.clock import to_text
from parcelhook.collaborators import collaborator
from parcelhook.compact_json import to_json_bytes
from parcelhook.dialects.base import Body, Signing
from parcelhook.dialects.shippo_track import track
from parcelhook.errors import AttemptError
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import Event, EventType
from parcelhook.model.response import Answer
from parcelhook.model.subscription import Slot, Subscription
from parcelhook.security.signing import timestamped_signature

NAME = "shippo"
API_VERSION = "2018-02-08"
"""The newest there is, and the one whose bodies we send."""
API_VERSION_FIELD = "api_version"
LONGEST_URL = 199
"""It "must be less than 200 characters long" (webhooks guide)."""

CATCH_ALL = "all"
_TYPES: Mapping[str, EventType] = {
    "transaction_created": EventType.TRANSACTION_CREATED,
    "transaction_updated": EventType.TRANSACTION_UPDATED,
    "track_updated": EventType.TRACKING_UPDATED,
    "batch_created": EventType.BATCH_CREATED,
    "batch_purchased": EventType.BATCH_COMPLETED,
}
_NAMES: Mapping[EventType, str] = {event_type: name for name, event_type in _TYPES.items()}
EVENT_NAMES: Mapping[str, tuple[EventType, ...]] = {name: (event_type,) for name, event_type in _TYPES.items()} | {
    CATCH_ALL: tuple(_NAMES)
}
_SLOT = Slot(NAME, exclusive=False)
_ID = re.compile(r"[0-9a-f]{32}")
_ID_BYTES = 16

_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS = 408, 429


@collaborator(kw_only=True)
class Shippo:
    """Many webhooks for an event and for all of them; three seconds; two retries, but not after most client errors."""

    retry_policy: RetryPolicy
    name: str = NAME
    slot: Slot = _SLOT
    modes: tuple[Mode, ...] = (Mode.LIVE, Mode.TEST)
    longest_url: int | None = LONGEST_URL
    timeout_seconds: float = 3.0
    disable_after: int | None = None
    own_headers: tuple[str, ...] = ("shippo-",)

    @property
    def event_names(self) -> Mapping[str, tuple[EventType, ...]]:
        return EVENT_NAMES

    @property
    def default_fields(self) -> Mapping[str, str]:
        return {API_VERSION_FIELD: API_VERSION}

    def new_id(self, ids: Ids) -> str:
        return ids.random_bytes(_ID_BYTES).hex()

    def owns_id(self, subscription_id: str) -> bool:
        return _ID.fullmatch(subscription_id) is not None

    def body(self, event: Event, subscription: Subscription) -> Body:  # noqa: ARG002 - all get the same
        envelope = {
            "event": _NAMES[event.type],
            "test": event.mode is Mode.TEST,
            "data": _DATA[event.type](event),
        }
        return Body(content=to_json_bytes(envelope))

    def headers(self, body: Body, subscription: Subscription, signing: Signing) -> dict[str, str]:
        """The API version and the signature, keyed with the secret as subscribers are shown it.

        No public text tells the vendor's user agent; this one is ours.
        """
        version = subscription.dialect_fields.get(API_VERSION_FIELD, API_VERSION)
        return {
            "user-agent": "Shippo/v1",
            "shippo-api-version": str(version),
            "shippo-auth-signature": timestamped_signature(signing.secret_texts, body.content, signing.now),
        }

    def outcome(self, answer: Answer) -> Outcome:
        """Retried are "408, 429, or 5XX" and no answer in time; "upon other client error status codes" nothing is.

        That a redirect is a failure and not retried, and that no answer at all is one in time, is our reading.
        """
        if isinstance(answer, AttemptError):
            return Outcome.RETRY
        if answer.is_success:
            return Outcome.DELIVERED
        is_temporary = answer.status_code in {_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS} or answer.status_code >= 500
        return Outcome.RETRY if is_temporary else Outcome.GIVE_UP


def api_version(wished: str | None) -> str:
    """The version to name on deliveries to a subscriber who wished for one. We cannot send what older ones had."""
    is_version = wished is not None and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", wished) is not None
    return max(wished, API_VERSION) if is_version and wished else API_VERSION


def _track(event: Event) -> object:
    return track(event.data, at=to_text(event.occurred_at))


def _transaction(event: Event) -> object:
    """Our canonical data is Shippo's Transaction, but for a `resource_url` that only ShipEngine's deliveries carry."""
    members = {name: value for name, value in event.data.items() if name != "resource_url"}
    return members | {"test": event.mode is Mode.TEST}


def _batch(sentence: str) -> Callable[[Event], object]:
    return lambda event: sentence.format(event.data["batch_id"])


_DATA: Mapping[EventType, Callable[[Event], object]] = {
    EventType.TRANSACTION_CREATED: _transaction,
    EventType.TRANSACTION_UPDATED: _transaction,
    EventType.TRACKING_UPDATED: _track,
    EventType.BATCH_CREATED: _batch("batch {} created"),
    EventType.BATCH_COMPLETED: _batch("batch {} processing complete"),
}
