"""Sheets: deliveries of one subscription that succeeded at once, several of them in one item.

An item is a write unit however small it is, and some forty such deliveries are one unit together. A sheet lies among
the deliveries of its subscription, right behind its newest event, so that a list of those reads it on its way. Its
name is told by each of its events, so that one delivery is found without looking for it. Nothing on it ever changes
but by erasure: the first change of such a delivery writes an item of its own, which counts from then on.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from parcelhook.ids import moment_of, time_part
from parcelhook.model.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import EventType, event_id
from parcelhook.storage import keys
from parcelhook.storage.compression import compress, decompress
from parcelhook.storage.ledger_items import expiry, to_delivery
from parcelhook.storage.sizes import size_of, write_units
from parcelhook.storage.table import Values
from parcelhook.values import value

# Far from what counting changes comes to, so that whoever holds another version of the same delivery notices.
AT_ONCE_VERSION = 1_000_000

SPAN = timedelta(seconds=1)
"""The events of a sheet were accepted within so much: how far beyond a moment a list must look for older ones."""
NAME_BYTES = 36
"""What the name of a sheet adds to an item."""

# A kilobyte, as a rule.
_MOST = 40
# What endpoints answer is a word or two as a rule. A page would be read with each of its neighbours.
_LONGEST_ANSWER = 200
_MILLISECOND = timedelta(milliseconds=1)
_SCHEMA = 1


@value(kw_only=True)
class Sheet:
    """Deliveries to be written together."""

    key: keys.Key
    name: str
    """What the events call it."""
    values: Values
    deliveries: tuple[Delivery, ...]


def sheets_of(deliveries: Iterable[Delivery], *, days: int) -> list[Sheet]:
    """Sheets of those of the deliveries that are cheaper together than alone."""
    groups: defaultdict[tuple[str, ...], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        if _fits(delivery):
            key = delivery.key
            groups[key.account_id, key.mode, key.subscription_id, delivery.dialect, delivery.url].append(delivery)
    made = [_sheet(part, days) for group in groups.values() for part in _parts(group)]
    return [sheet for sheet in made if write_units(size_of(sheet.key, sheet.values)) < len(sheet.deliveries)]


def on_sheet(values: Values) -> list[Delivery]:
    """The deliveries that an item holds: those of a sheet, newest event first, or the one that has it alone."""
    key = keys.Key(values["pk"], values["sk"])
    if not keys.is_sheet(key):
        return [to_delivery(values)]
    newest = keys.sheet_newest(key)
    base = _base(newest.event_ulid)
    return [_to_delivery(row, newest, base, values) for row in decompress(bytes(values["deliveries"]))]


def newest_first(items: Iterable[Values]) -> Iterator[Delivery]:
    """All deliveries of one subscription's items, which come newest first. What has an item alone is told by that."""
    waiting: dict[str, Delivery] = {}
    for values in items:
        held = on_sheet(values)
        newest = held[0].key.event_ulid
        if keys.is_sheet(keys.Key(values["pk"], values["sk"])):
            yield from _taken(waiting, [ulid for ulid in waiting if ulid > newest])
            for delivery in held:
                waiting.setdefault(delivery.key.event_ulid, delivery)
        else:
            waiting[newest] = held[0]
            # Its sheet would have come before.
            yield from _taken(waiting, [ulid for ulid in waiting if ulid >= newest])
    yield from _taken(waiting, list(waiting))


def erased(values: Values, event_ulid: str) -> Values | None:
    """A sheet without what endpoints wrote about one event; None where there is nothing of it."""
    rows = decompress(bytes(values["deliveries"]))
    kept = [[*row[:7], None, None, *row[9:]] if row[0] == event_ulid else row for row in rows]
    if kept == rows:
        return None
    return {name: value for name, value in values.items() if name not in {"pk", "sk"}} | {"deliveries": compress(kept)}


def furthest(event_ulid: str) -> str:
    """The end of the ULIDs that a sheet may lie behind which has this event."""
    return after(moment_of(event_ulid))


def after(moment: datetime) -> str:
    """The end of the ULIDs that a sheet may lie behind which has an event of `moment`."""
    return time_part(moment + SPAN + _MILLISECOND) + "~"


def _taken(waiting: dict[str, Delivery], ulids: list[str]) -> Iterator[Delivery]:
    for ulid in sorted(ulids, reverse=True):
        yield waiting.pop(ulid)


def _fits(delivery: Delivery) -> bool:
    """Whether a row can tell all of it."""
    if delivery.state is not DeliveryState.DELIVERED or len(delivery.attempts) != 1 or delivery.recovered_after:
        return False
    (attempt,) = delivery.attempts
    plain = attempt.number == 1 and attempt.error is None and not attempt.is_manual
    told = len(attempt.response_body or "") + len(attempt.message or "")
    return plain and told <= _LONGEST_ANSWER and delivery.updated_at == attempt.ended_at


def _parts(group: list[Delivery]) -> Iterator[list[Delivery]]:
    """Newest first, each part as long as a sheet may be."""
    part: list[Delivery] = []
    for delivery in sorted(group, key=lambda each: each.key.event_ulid, reverse=True):
        if part and (len(part) == _MOST or _accepted(part[0]) - _accepted(delivery) > SPAN):
            yield part
            part = []
        part.append(delivery)
    if part:
        yield part


def _accepted(delivery: Delivery) -> datetime:
    return moment_of(delivery.key.event_ulid)


def _sheet(deliveries: list[Delivery], days: int) -> Sheet:
    newest = deliveries[0]
    base = _base(newest.key.event_ulid)
    rows = compress([_from_delivery(each, base) for each in deliveries])
    # Two workers that hold some of the same messages write two sheets, perhaps with the same newest event.
    name = f"{newest.key.event_ulid}~{hashlib.sha256(rows).hexdigest()[:8]}"
    values: Values = {
        "dialect": newest.dialect,
        "url": newest.url,
        "deliveries": rows,
        "expires_at": expiry(max(each.created_at for each in deliveries), days),
        "schema": _SCHEMA,
    }
    return Sheet(key=keys.sheet(newest.key, name), name=name, values=values, deliveries=tuple(deliveries))


def _base(ulid: str) -> datetime:
    """The millisecond in which an event was accepted."""
    moment = moment_of(ulid)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _from_delivery(delivery: Delivery, base: datetime) -> list[Any]:
    (attempt,) = delivery.attempts
    key = delivery.key
    return [
        key.event_ulid,
        delivery.event_type,
        delivery.event_id if delivery.event_id != event_id(key.event_ulid) else None,
        (delivery.created_at - base) // _MILLISECOND,
        (attempt.at - base) // _MILLISECOND,
        attempt.duration_ms,
        attempt.status_code,
        attempt.message,
        attempt.response_body,
    ]


def _to_delivery(row: list[Any], newest: DeliveryKey, base: datetime, values: Values) -> Delivery:
    ulid, event_type, own_event_id, created, at, duration_ms, status_code, message, response_body = row
    attempt = Attempt(
        number=1,
        at=base + at * _MILLISECOND,
        duration_ms=duration_ms,
        status_code=status_code,
        message=message,
        response_body=response_body,
    )
    key = replace(newest, event_ulid=ulid)
    return Delivery(
        key=key,
        event_id=own_event_id or event_id(ulid),
        event_type=EventType(event_type),
        dialect=values["dialect"],
        url=values["url"],
        state=DeliveryState.DELIVERED,
        created_at=base + created * _MILLISECOND,
        updated_at=attempt.ended_at,
        attempts=(attempt,),
        version=AT_ONCE_VERSION,
    )
