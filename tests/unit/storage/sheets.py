"""Deliveries that succeeded at once, as workers record them, and how they are listed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import Event
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.lists import DeliveryFilter, Lists
from parcelhook.storage.sheets import AT_ONCE_VERSION
from tests.builders import ACCOUNT, attempt, delivery, delivery_key, event
from tests.fakes import START, CountedBytes

IDS = Ids(CountedBytes())
LIVE = Mode.LIVE


def happened(milliseconds: int, **members: Any) -> Event:
    at = START + timedelta(milliseconds=milliseconds)
    return event(ulid=IDS.ulid(at), accepted_at=at, occurred_at=at, data={}, **members)


def to(event: Event, subscription_id: str = "se-1", **members: Any) -> Delivery:
    key = delivery_key(event_ulid=event.ulid, subscription_id=subscription_id, mode=event.mode)
    at = event.accepted_at + timedelta(milliseconds=40)
    given: dict[str, Any] = {"event_id": event.id, "event_type": event.type, "created_at": at, "updated_at": at}
    return delivery(key=key, **given).delivered(attempt(**({"at": at + timedelta(milliseconds=7)} | members)))


def record(ledger: Ledger, deliveries: Iterable[Delivery], events: Iterable[Event]) -> None:
    made = list(deliveries)
    records = [
        EventRecord(
            event=each,
            subscription_ids=tuple(own.key.subscription_id for own in made if own.key.event == each.key),
        )
        for each in events
    ]
    ledger.record(records, made)


def recorded(ledger: Ledger, count: int, step: int = 10) -> list[Delivery]:
    """So many deliveries of one subscription, as they are told afterwards, the oldest first."""
    events = [happened(step * number) for number in range(count)]
    made = [to(each) for each in events]
    record(ledger, made, events)
    return [replace(each, version=AT_ONCE_VERSION) for each in made]


def listed(ledger: Ledger, limit: int = 100, **wanted: Any) -> list[Delivery]:
    lists, cursor = Lists(ledger), None
    shown: list[Delivery] = []
    while True:
        page = lists.deliveries(ACCOUNT, LIVE, DeliveryFilter(**wanted), limit=limit, cursor=cursor)
        shown += page.elements
        cursor = page.next
        if cursor is None:
            return shown
