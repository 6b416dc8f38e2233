"""Things of the model, whole and plausible, of which a test says only what matters to it."""

from typing import Any

from parcelhook.catalogue import sample
from parcelhook.ids import Ids
from parcelhook.model.account import Account, ApiKey, Mode, Principal
from parcelhook.model.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Slot, Subscription
from tests.fakes import START, CountedBytes

IDS = Ids(CountedBytes())
ACCOUNT = "acct_01KDZ000000000000000000000"
EXCLUSIVE = Slot("shipengine", exclusive=True)
SHARED = Slot("other", exclusive=False)


def ulid() -> str:
    """A new one, of the moment that tests start at."""
    return IDS.ulid(START)


def new_account_id() -> str:
    """Of an account that no other test has."""
    return f"acct_{ulid()}"


def account(**members: Any) -> Account:
    given: dict[str, Any] = {"id": new_account_id(), "name": "Acme", "created_at": START}
    return Account(**(given | members))


def api_key(**members: Any) -> ApiKey:
    given: dict[str, Any] = {"id": f"key_{ulid()}", "account_id": ACCOUNT, "mode": Mode.LIVE}
    given |= {"hint": "live_…abcd", "created_at": START}
    return ApiKey(**(given | members))


def principal(**members: Any) -> Principal:
    return Principal(**({"account_id": ACCOUNT, "mode": Mode.LIVE, "key_id": "key_1"} | members))


def subscription(**members: Any) -> Subscription:
    """ShipEngine's, to tracking updates."""
    given: dict[str, Any] = {
        "id": f"se-{IDS.lower_text(14)}",
        "account_id": ACCOUNT,
        "mode": Mode.LIVE,
        "dialect": "shipengine",
        "event_name": "track",
        "event_types": (EventType.TRACKING_UPDATED,),
        "url": "https://example.com/hook",
        "created_at": START,
        "updated_at": START,
    }
    return Subscription(**(given | members))


def event(**members: Any) -> Event:
    """A tracking update with the catalogue's sample."""
    given: dict[str, Any] = {
        "ulid": ulid(),
        "account_id": ACCOUNT,
        "mode": Mode.LIVE,
        "type": EventType.TRACKING_UPDATED,
        "accepted_at": START,
        "occurred_at": START,
    }
    given |= members
    return Event(**({"data": sample(given["type"])} | given))


def delivery_key(**members: Any) -> DeliveryKey:
    given: dict[str, Any] = {"account_id": ACCOUNT, "mode": Mode.LIVE, "event_ulid": ulid(), "subscription_id": "se-1"}
    return DeliveryKey(**(given | members))


def attempt(**members: Any) -> Attempt:
    """One that succeeded."""
    given: dict[str, Any] = {"number": 1, "at": START, "duration_ms": 120, "status_code": 200, "response_body": "ok"}
    return Attempt(**(given | members))


def failed_attempt(**members: Any) -> Attempt:
    """One that timed out."""
    given = {"status_code": None, "response_body": None, "error": "timeout", "message": "No answer within 10 s."}
    return attempt(**(given | members))


def delivery(**members: Any) -> Delivery:
    """One that was not tried yet."""
    key = members.pop("key", None) or delivery_key()
    given: dict[str, Any] = {
        "key": key,
        "event_id": f"evt_{key.event_ulid}",
        "event_type": EventType.TRACKING_UPDATED,
        "dialect": "shipengine",
        "url": "https://example.com/hook",
        "state": DeliveryState.PENDING,
        "created_at": START,
        "updated_at": START,
    }
    return Delivery(**(given | members))
