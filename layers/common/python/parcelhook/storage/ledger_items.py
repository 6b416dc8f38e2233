"""Events and deliveries as items of the ledger, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from parcelhook.clock import from_text, to_text
from parcelhook.ids import moment_of
from parcelhook.model.delivery import Attempt, Delivery, DeliveryState
from parcelhook.model.event import Event, EventType, event_id
from parcelhook.storage import keys
from parcelhook.storage.compression import compress, decompress
from parcelhook.storage.table import Values
from parcelhook.values import value

# Raised when the form of an item changes, so that older items can be told apart.
_SCHEMA = 1


@value(kw_only=True)
class EventRecord:
    """An event as the ledger keeps it: with the ids of the subscriptions that it was sent to."""

    event: Event
    subscription_ids: tuple[str, ...]
    sheets: Mapping[str, str] = field(default_factory=dict)
    """Names of the sheets that have deliveries of it, by subscription (`storage/sheets.py`)."""


def expiry(moment: datetime, days: int) -> int:
    """When an item of `moment` expires, as DynamoDB wants it: in seconds."""
    return int((moment + timedelta(days=days)).timestamp())


def from_event(record: EventRecord, *, days: int) -> Values:
    """What is stored of an event."""
    event = record.event
    accepted_at = to_text(event.accepted_at)
    return {
        "event_type": event.type,
        "client_id": event.client_id,
        # The key tells it, as a rule; of a hundred events together the last may be called a millisecond younger.
        "accepted_at": accepted_at if accepted_at != _told_by(event.ulid) else None,
        "occurred_at": to_text(event.occurred_at) if event.occurred_at != event.accepted_at else None,
        "data": compress(event.data),
        "hops": event.hops or None,
        "erased_at": to_text(event.erased_at) if event.erased_at else None,
        "subscription_ids": record.subscription_ids or None,
        "expires_at": expiry(event.accepted_at, days),
        "schema": _SCHEMA,
    } | names_of_sheets(record)


def _told_by(ulid: str) -> str:
    """When an event was accepted, as its ULID has it."""
    return to_text(moment_of(ulid))


def names_of_sheets(record: EventRecord) -> Values:
    """What is stored of the sheets that have deliveries of an event."""
    # In the order of the ids, which are then not written twice.
    names = [record.sheets.get(each, "") for each in record.subscription_ids]
    return {"sheets": names} if record.sheets else {}


def tombstone_values(at: datetime) -> Values:
    """What changes when an event's data is erased. It is left empty: older readers expect it."""
    return {"data": compress({}), "erased_at": to_text(at)}


def to_event(values: Values) -> EventRecord:
    """The record that `from_event` made the values of."""
    key = keys.event_key(keys.Key(values["pk"], values["sk"]))
    accepted_at = from_text(values.get("accepted_at") or _told_by(key.ulid))
    event = Event(
        ulid=key.ulid,
        account_id=key.account_id,
        mode=key.mode,
        type=EventType(values["event_type"]),
        data=decompress(bytes(values["data"])),
        accepted_at=accepted_at,
        occurred_at=from_text(values["occurred_at"]) if "occurred_at" in values else accepted_at,
        client_id=values.get("client_id"),
        hops=values.get("hops", 0),
        erased_at=_moment(values, "erased_at"),
    )
    ids = tuple(values.get("subscription_ids", ()))
    sheets = {each: name for each, name in zip(ids, values.get("sheets", ()), strict=False) if name}
    return EventRecord(event=event, subscription_ids=ids, sheets=sheets)


def from_delivery(delivery: Delivery, *, days: int, shards: int) -> Values:
    """What is stored of a delivery, with the keys of the indexes that it belongs into."""
    own_event_id = delivery.event_id != event_id(delivery.key.event_ulid)
    values: Values = {
        "state": delivery.state,
        "event_id": delivery.event_id if own_event_id else None,
        "event_type": delivery.event_type,
        "dialect": delivery.dialect,
        "url": delivery.url,
        "created_at": to_text(delivery.created_at),
        "updated_at": to_text(delivery.updated_at),
        "attempts": compress(_from_attempts(delivery.attempts)) if delivery.attempts else None,
        "recovered_after": delivery.recovered_after or None,
        "due_at": to_text(delivery.due_at) if delivery.due_at else None,
        "reason": delivery.reason,
        "deferred_since": to_text(delivery.deferred_since) if delivery.deferred_since else None,
        "claimed_until": to_text(delivery.claimed_until) if delivery.claimed_until else None,
        "version": delivery.version,
        "expires_at": expiry(delivery.created_at, days),
        "schema": _SCHEMA,
    }
    return values | _index_keys(delivery, shards)


def _index_keys(delivery: Delivery, shards: int) -> Values:
    """A delivery that succeeded is in no index, so that neither writing nor listing the others pays for it."""
    if delivery.state is DeliveryState.DELIVERED:
        return {}
    state = keys.by_state(delivery.key, delivery.state)
    index_keys: Values = {"state_pk": state.pk, "state_sk": state.sk}
    if delivery.due_at:
        shard = keys.shard_of(delivery.key, shards)
        index_keys |= {"due_pk": keys.due_partition(shard), "due_sk": to_text(delivery.due_at)}
    return index_keys


def to_delivery(values: Values) -> Delivery:
    """The delivery that `from_delivery` made the values of."""
    key = keys.delivery_key(keys.Key(values["pk"], values["sk"]))
    return Delivery(
        key=key,
        event_id=values.get("event_id", event_id(key.event_ulid)),
        event_type=EventType(values["event_type"]),
        dialect=values["dialect"],
        url=values["url"],
        state=DeliveryState(values["state"]),
        created_at=from_text(values["created_at"]),
        updated_at=from_text(values["updated_at"]),
        attempts=_to_attempts(decompress(bytes(values["attempts"]))) if "attempts" in values else (),
        recovered_after=values.get("recovered_after", 0),
        due_at=_moment(values, "due_at"),
        reason=values.get("reason"),
        deferred_since=_moment(values, "deferred_since"),
        claimed_until=_moment(values, "claimed_until"),
        version=values["version"],
    )


def _moment(values: Values, name: str) -> datetime | None:
    return from_text(values[name]) if name in values else None


def _from_attempts(attempts: Iterable[Attempt]) -> list[dict[str, Any]]:
    return [
        {
            "number": attempt.number,
            "at": to_text(attempt.at),
            "duration_ms": attempt.duration_ms,
            "status_code": attempt.status_code,
            "error": attempt.error,
            "message": attempt.message,
            "response_body": attempt.response_body,
        }
        | ({"manual_id": attempt.manual_id} if attempt.manual_id else {})
        for attempt in attempts
    ]


def _to_attempts(stored: Iterable[dict[str, Any]]) -> tuple[Attempt, ...]:
    return tuple(Attempt(**(values | {"at": from_text(values["at"])})) for values in stored)
