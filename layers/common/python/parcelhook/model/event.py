"""Events: things that happened to parcels, labels, rates and payments."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from parcelhook.ids import microseconds_of
from parcelhook.model.account import Mode
from parcelhook.values import value

EventData = Mapping[str, Any]
"""Canonical data of an event, as JSON: validated by the catalogue, absent members left out."""

HOPS_HEADER = "parcelhook-hops"
"""On a delivery: how many deliveries led to this one, itself included. On a publication: what the delivery said."""

MOST_HOPS = 3
"""So many deliveries may follow from one another, each by way of an event published for the one before."""


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
    SUBSCRIPTION_DISABLED = "parcelhook.subscription.disabled"
    CIRCUIT_OPENED = "parcelhook.circuit.opened"
    CIRCUIT_CLOSED = "parcelhook.circuit.closed"
    DELIVERY_DISCARDED = "parcelhook.delivery.discarded"


OPERATIONAL = frozenset(
    {
        EventType.SUBSCRIPTION_DISABLED,
        EventType.CIRCUIT_OPENED,
        EventType.CIRCUIT_CLOSED,
        EventType.DELIVERY_DISCARDED,
    }
)
"""What the service tells of itself. Nobody may publish it, and nothing operational follows from its deliveries."""

PUBLISHABLE = tuple(event_type for event_type in EventType if event_type not in OPERATIONAL)
"""What publishers tell, in the order of `EventType`."""


@value
class EventKey:
    """Identity of an event."""

    account_id: str
    mode: Mode
    ulid: str


@value(kw_only=True)
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
    hops: int = 0
    """How many deliveries led to this event, as its publisher told: 0 where it followed from none."""
    erased_at: datetime | None = None
    """When its data was erased. What is left then is a tombstone, whose `data` is empty."""

    def erased(self, at: datetime) -> "Event":
        """The tombstone of it."""
        return replace(self, data={}, erased_at=at)

    @property
    def key(self) -> EventKey:
        return EventKey(self.account_id, self.mode, self.ulid)

    @property
    def sequence(self) -> int | None:
        """Of two events about one parcel, the one that was accepted later has the greater number.

        It is the moment of acceptance in microseconds since 1970, by the clock of the function that accepted the event;
        events of one publication have different ones, in their order. None for what is about no tracking number.
        """
        return microseconds_of(self.ulid) if self.data.get("tracking_number") else None

    @property
    def id(self) -> str:
        """What callers know the event by: their own id where they gave one, else ours."""
        return self.client_id or event_id(self.ulid)


def tracking_number(event: Event) -> str | None:
    """The parcel that an event is about, where it is about one."""
    number = event.data.get("tracking_number")
    return number if isinstance(number, str) else None


def event_id(ulid: str) -> str:
    """The id of an event whose publisher gave none."""
    return f"evt_{ulid}"
