"""What lies in the queues: events to be dispatched, deliveries that are due, and wishes to try one or some again.

A message of any kind is about one account, so that a queue can be fair between accounts.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from parcelhook.clock import from_text, to_text
from parcelhook.compact_json import to_json
from parcelhook.errors import PoisonedMessageError
from parcelhook.ids import Ids, is_ulid
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventKey, EventType
from parcelhook.model.recovery import Recovery, RecoveryKey
from parcelhook.values import value

# Raised only when who knows the version before would misunderstand a message. A new member that may be missing is none
# such, since members that are not known are passed over. Versions that may still lie in a queue are read too: at least
# the one before, as its messages are there when new code is deployed.
_VERSION = 1
_READ = frozenset({1})


@value(kw_only=True)
class EventsMessage:
    """Events of one publication."""

    account_id: str
    mode: Mode
    events: tuple[Event, ...]
    republished: bool = False
    """Whether the same events may have been sent in another message before."""


@value(kw_only=True)
class DeliveriesMessage:
    """Deliveries that are due."""

    account_id: str
    mode: Mode
    due: datetime
    """The bucket they were due in. One that is due later by now was tried since, and the message is stale."""
    deliveries: tuple[DeliveryKey, ...]
    recovery: RecoveryKey | None = None
    """The recovery that wants them sent again; None where the retry policy does."""
    slow: bool = False
    """Whether they were forwarded to the slow lane, and so are sent from it."""
    paced: bool = False
    """Whether they were given their turn already under a limit to deliveries a second."""


@value(kw_only=True)
class RecoverMessage:
    """A recovery whose next page is due."""

    account_id: str
    mode: Mode
    recovery: RecoveryKey
    due: datetime
    """Of the page that is meant. If the recovery is due later by now, that page is done, and the message is stale."""
    begins: Recovery | None = None
    """To be written down first; only in messages of version 0.1, which had no rows for recoveries."""


@value(kw_only=True)
class ManualRetryMessage:
    """One delivery that a person wants tried again at once, whatever became of it."""

    account_id: str
    mode: Mode
    delivery: DeliveryKey
    manual_id: str
    """Of this wish: an attempt that bears it was made for it, so that a second message is known for one."""
    asked_at: datetime


@value(kw_only=True)
class EraseMessage:
    """An event whose data is to be erased, once more after whatever had it in hand is done with it."""

    account_id: str
    mode: Mode
    event: EventKey
    asked_at: datetime
    parcel: tuple[str, str] | None = None
    """Carrier and tracking number that the event tells of, since a tombstone no longer does."""


Message = EventsMessage | DeliveriesMessage | RecoverMessage | ManualRetryMessage | EraseMessage


def encode(message: Message) -> str:
    """`message` as it is sent."""
    content = {"version": _VERSION, "account_id": message.account_id, "mode": message.mode} | _content(message)
    return to_json(content)


def _content(message: Message) -> dict[str, Any]:
    match message:
        case EventsMessage():
            events = [_from_event(event) for event in message.events]
            return {"kind": "events", "events": events} | ({"republished": True} if message.republished else {})
        case DeliveriesMessage():
            pairs = [[key.event_ulid, key.subscription_id] for key in message.deliveries]
            flags = {name: True for name in ("slow", "paced") if getattr(message, name)}
            recovery = {"recovery": message.recovery.ulid} if message.recovery else {}
            return {"kind": "deliveries", "due": to_text(message.due), "deliveries": pairs} | recovery | flags
        case RecoverMessage():
            return {"kind": "recovery", "recovery": message.recovery.ulid, "due": to_text(message.due)}
        case ManualRetryMessage():
            return {
                "kind": "manual_retry",
                "delivery": [message.delivery.event_ulid, message.delivery.subscription_id],
                "manual_id": message.manual_id,
                "asked_at": to_text(message.asked_at),
            }
        case EraseMessage():
            parcel = {"parcel": list(message.parcel)} if message.parcel else {}
            return {"kind": "erase", "event": message.event.ulid, "asked_at": to_text(message.asked_at)} | parcel


def decode(text: str) -> Message:
    """The message that `encode` wrote. Raises `PoisonedMessageError` for anything else."""
    try:
        return _decode(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise PoisonedMessageError(f"The message cannot be read: {type(error).__name__}.") from error


def _decode(content: dict[str, Any]) -> Message:
    if content["version"] not in _READ:
        raise PoisonedMessageError("The message has a version that is not known here.")
    account_id, mode = str(content["account_id"]), Mode(content["mode"])
    match content["kind"]:
        case "events":
            events = tuple(_to_event(account_id, mode, fields) for fields in content["events"])
            republished = content.get("republished", False) is True
            return EventsMessage(account_id=account_id, mode=mode, events=events, republished=republished)
        case "deliveries":
            keys, due = _to_keys(account_id, mode, content["deliveries"]), _moment(content["due"])
            recovery = _to_recovery(account_id, mode, content["recovery"]) if "recovery" in content else None
            return DeliveriesMessage(
                account_id=account_id,
                mode=mode,
                due=due,
                deliveries=keys,
                recovery=recovery,
                slow=content.get("slow") is True,
                paced=content.get("paced") is True,
            )
        case "recover":
            return _to_first_recover(account_id, mode, content)
        case "recovery":
            wanted, due = _to_recovery(account_id, mode, content["recovery"]), _moment(content["due"])
            return RecoverMessage(account_id=account_id, mode=mode, recovery=wanted, due=due)
        case "manual_retry":
            return _to_manual_retry(account_id, mode, content)
        case "erase":
            return _to_erase(account_id, mode, content)
    raise PoisonedMessageError("The message is of a kind that is not known here.")


def _to_recovery(account_id: str, mode: Mode, ulid: str) -> RecoveryKey:
    if not is_ulid(ulid):
        raise ValueError("the recovery has no ULID")
    return RecoveryKey(account_id, mode, ulid)


def _to_first_recover(account_id: str, mode: Mode, content: dict[str, Any]) -> RecoverMessage:
    """A wish of version 0.1, as the recovery that it stands for: the same one however often it is received."""
    asked_at, subscription_id = _moment(content["asked_at"]), str(content["subscription_id"])
    wished = "|".join([subscription_id, content["since"], *content["states"]])
    key = RecoveryKey(account_id, mode, Ids(lambda length: sha256(wished.encode()).digest()[:length]).ulid(asked_at))
    recovery = Recovery(
        key=key,
        subscription_id=subscription_id,
        since=_moment(content["since"]),
        until=None,
        states=tuple(map(DeliveryState, content["states"])),
        created_at=asked_at,
        updated_at=asked_at,
        due_at=asked_at,
    )
    return RecoverMessage(account_id=account_id, mode=mode, recovery=key, due=asked_at, begins=recovery)


def _to_manual_retry(account_id: str, mode: Mode, content: dict[str, Any]) -> ManualRetryMessage:
    (key,) = _to_keys(account_id, mode, [content["delivery"]])
    return ManualRetryMessage(
        account_id=account_id,
        mode=mode,
        delivery=key,
        manual_id=str(content["manual_id"]),
        asked_at=_moment(content["asked_at"]),
    )


def _to_erase(account_id: str, mode: Mode, content: dict[str, Any]) -> EraseMessage:
    if not is_ulid(content["event"]):
        raise ValueError("the event has no ULID")
    parcel: tuple[str, str] | None = None
    if "parcel" in content:
        carrier, number = content["parcel"]
        parcel = (str(carrier), str(number))
    return EraseMessage(
        account_id=account_id,
        mode=mode,
        event=EventKey(account_id, mode, content["event"]),
        asked_at=_moment(content["asked_at"]),
        parcel=parcel,
    )


def _from_event(event: Event) -> dict[str, Any]:
    fields = {
        "ulid": event.ulid,
        "type": event.type,
        "accepted_at": to_text(event.accepted_at),
        "occurred_at": to_text(event.occurred_at),
        "data": event.data,
    }
    optional = {"client_id": event.client_id, "hops": event.hops}
    return fields | {name: value for name, value in optional.items() if value}


def _to_event(account_id: str, mode: Mode, fields: dict[str, Any]) -> Event:
    if not (isinstance(fields["data"], dict) and is_ulid(fields["ulid"])):
        raise TypeError("the event has no data or no ULID")
    return Event(
        ulid=fields["ulid"],
        account_id=account_id,
        mode=mode,
        type=EventType(fields["type"]),
        data=fields["data"],
        accepted_at=_moment(fields["accepted_at"]),
        occurred_at=_moment(fields["occurred_at"]),
        client_id=fields.get("client_id"),
        hops=int(fields.get("hops", 0)),
    )


def _to_keys(account_id: str, mode: Mode, pairs: Sequence[Sequence[str]]) -> tuple[DeliveryKey, ...]:
    return tuple(
        DeliveryKey(account_id=account_id, mode=mode, event_ulid=ulid, subscription_id=subscription_id)
        for ulid, subscription_id in pairs
    )


def _moment(text: str) -> datetime:
    moment = from_text(text)
    if moment.tzinfo is None:
        raise ValueError("the time has no zone")
    return moment
