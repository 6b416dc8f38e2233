"""The least that each event type can be published with, and a way to ask what is wrong with data."""

from typing import Any

from parcelhook.catalogue import validate
from parcelhook.errors import InvalidRequestError
from parcelhook.model.event import EventType

MINIMAL: dict[EventType, dict[str, Any]] = {
    EventType.TRACKING_UPDATED: {"tracking_number": "1Z999", "carrier": "ups", "status": "in_transit"},
    EventType.BATCH_CREATED: {"batch_id": "se-1"},
    EventType.BATCH_COMPLETED: {"batch_id": "se-1"},
    EventType.RATES_UPDATED: {"shipment_id": "se-1"},
    EventType.CARRIER_CONNECTED: {"carrier_id": "se-1"},
    EventType.SALES_ORDERS_IMPORTED: {"sales_orders": [{"sales_order_id": "1"}]},
    EventType.ORDER_SOURCE_REFRESHED: {"order_source_id": "1"},
    EventType.REPORT_COMPLETED: {"report_type": "shipments", "report_url": "https://example.com/r.csv"},
    EventType.TRANSACTION_CREATED: {"object_id": "1", "status": "QUEUED"},
    EventType.TRANSACTION_UPDATED: {"object_id": "1", "status": "SUCCESS"},
    EventType.SUBSCRIPTION_DISABLED: {"subscription_id": "1", "dialect": "ehub", "event": "order", "error_count": 5},
    EventType.CIRCUIT_OPENED: {
        "subscription_id": "1",
        "dialect": "shippo",
        "event": "all",
        "failures": 5,
        "next_probe_at": "2026-01-05T14:13:00Z",
    },
    EventType.CIRCUIT_CLOSED: {"subscription_id": "1", "dialect": "shippo", "event": "all"},
    EventType.DELIVERY_DISCARDED: {
        "subscription_id": "1",
        "dialect": "shippo",
        "delivery_id": "2",
        "event_id": "3",
        "event_type": "tracking.updated",
        "attempt_count": 3,
    },
    EventType.PAYMENT_UPDATED: {"payment_transaction_id": 1, "status": "accepted"},
}


def faults(event_type: EventType, data: object) -> dict[str, str]:
    """Where `data` is wrong, and how; nothing if it is accepted."""
    try:
        validate(event_type, data, pointer="")
    except InvalidRequestError as error:
        return {problem.pointer: problem.message for problem in error.problems}
    return {}


def tracking(**members: Any) -> dict[str, Any]:
    """The least tracking data, with `members`."""
    return MINIMAL[EventType.TRACKING_UPDATED] | members
