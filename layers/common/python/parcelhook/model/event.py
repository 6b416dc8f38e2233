"""Events: things that happened to parcels, labels, rates and payments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from parcelhook.model.account import Mode

EventData = Mapping[str, Any]
"""Canonical data of an event, as JSON: validated by the catalogue, absent members left out."""


class EventType(StrEnum):
    """Our names for what can happen. Each dialect has its own."""

    TRACKING_UPDATED = "tracking.updated"
    BATCH_CREATED = "batch.created"
    BATCH_COMPLETED = "batch.completed"
    RATES_UPDATED = "rates.updated"
    CARRIER_CONNECTED = "carrier.connected"
    SALES_ORDERS_IMPORTED = "sales_orders.imported"
    ORDER_SOURCE_REFRESHED = "order_source.refreshed"
    REPORT_COMPLETED = "report.completed"
    TRANSACTION_CREATED = "transaction.created"
    TRANSACTION_UPDATED = "transaction.updated"
    PAYMENT_UPDATED = "payment.updated"


@dataclass(frozen=True, slots=True)
class EventKey:
    """Identity of an event."""

    account_id: str
    mode: Mode
    ulid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, as its publisher told it."""

    ulid: str
    """Ours: unique, and sorts by when the event was accepted."""
    account_id: str
    mode: Mode
    type: EventType
    data: EventData
    accepted_at: datetime
    occurred_at: datetime
    client_id: str | None = None
    """The publisher's own id, where given."""

    @property
    def key(self) -> EventKey:
        return EventKey(self.account_id, self.mode, self.ulid)

    @property
    def id(self) -> str:
        """What callers know the event by: their own id where they gave one, else ours."""
        return self.client_id or event_id(self.ulid)


def event_id(ulid: str) -> str:
    """The id of an event whose publisher gave none."""
    return f"evt_{ulid}"
