"""What lies in the queues: events to be dispatched, deliveries that are due, and wishes to try some again.

A message of any kind is about one account, so that a queue can be fair between accounts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parcelhook.clock import from_text, to_text
from parcelhook.errors import PoisonedMessageError
from parcelhook.ids import is_ulid
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventType

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsMessage:
    """Events of one publication."""

    account_id: str
    mode: Mode
    events: tuple[Event, ...]
    republished: bool = False
    """Whether the same events may have been sent in another message before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesMessage:
    """Deliveries that are due."""

    account_id: str
    mode: Mode
    due: datetime
    """The bucket they were due in. One that is due later by now was tried since, and the message is stale."""
    deliveries: tuple[DeliveryKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverMessage:
    """Deliveries of one subscription that are to be tried again, whatever became of them."""

    account_id: str
    mode: Mode
    subscription_id: str
    since: datetime
    """Those of events that were accepted from here on."""
    asked_at: datetime
    """What was changed after this is left alone, so that doing it twice is doing it once."""
    states: tuple[DeliveryState, ...]


Message = EventsMessage | DeliveriesMessage | RecoverMessage


def encode(message: Message) -> str:
    """`message` as it is sent."""
    content = {"version": _VERSION, "account_id": message.account_id, "mode": message.mode} | _content(message)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _content(message: Message) -> dict[str, Any]:
    match message:
        case EventsMessage():
            events = [_from_event(event) for event in message.events]
            return {"kind": "events", "events": events} | ({"republished": True} if message.republished else {})
        case DeliveriesMessage():
            pairs = [[key.event_ulid, key.subscription_id] for key in message.deliveries]
            return {"kind": "deliveries", "due": to_text(message.due), "deliveries": pairs}
        case RecoverMessage():
            return {
                "kind": "recover",
                "subscription_id": message.subscription_id,
                "since": to_text(message.since),
                "asked_at": to_text(message.asked_at),
                "states": message.states,
            }


def decode(text: str) -> Message:
    """The message that `encode` wrote. Raises `PoisonedMessageError` for anything else."""
    try:
        return _decode(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise PoisonedMessageError(f"The message cannot be read: {type(error).__name__}.") from error


def _decode(content: dict[str, Any]) -> Message:
    if content["version"] != _VERSION:
        raise PoisonedMessageError("The message has a version that is not known here.")
    account_id, mode = str(content["account_id"]), Mode(content["mode"])
    match content["kind"]:
        case "events":
            events = tuple(_to_event(account_id, mode, fields) for fields in content["events"])
            republished = content.get("republished", False) is True
            return EventsMessage(account_id=account_id, mode=mode, events=events, republished=republished)
        case "deliveries":
            keys, due = _to_keys(account_id, mode, content["deliveries"]), _moment(content["due"])
            return DeliveriesMessage(account_id=account_id, mode=mode, due=due, deliveries=keys)
        case "recover":
            return _to_recover(account_id, mode, content)
    raise PoisonedMessageError("The message is of a kind that is not known here.")


def _to_recover(account_id: str, mode: Mode, content: dict[str, Any]) -> RecoverMessage:
    return RecoverMessage(
        account_id=account_id,
        mode=mode,
        subscription_id=content["subscription_id"],
        since=_moment(content["since"]),
        asked_at=_moment(content["asked_at"]),
        states=tuple(map(DeliveryState, content["states"])),
    )


def _from_event(event: Event) -> dict[str, Any]:
    fields = {
        "ulid": event.ulid,
        "type": event.type,
        "accepted_at": to_text(event.accepted_at),
        "occurred_at": to_text(event.occurred_at),
        "data": event.data,
    }
    return fields | ({"client_id": event.client_id} if event.client_id else {})


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
