"""Data of what the service tells of itself: the `parcelhook.` event types."""

from typing import Annotated

from pydantic import Field

from parcelhook.catalogue.fields import EventData, Id, Line, Moment, Text

Count = Annotated[int, Field(ge=0)]


class _OfSubscription(EventData):
    """What all of them say."""

    subscription_id: Id
    dialect: Line


class SubscriptionDisabled(_OfSubscription):
    """A subscription failed so often that it gets nothing until it is set active again."""

    event: Line
    error_count: Count
    last_response_code: int | None = None
    last_response_message: Text | None = None


class CircuitOpened(_OfSubscription):
    """An endpoint failed repeatedly, and is sent nothing until a probe succeeds."""

    event: Line
    failures: Count
    next_probe_at: Moment


class CircuitClosed(_OfSubscription):
    """An endpoint answers again, and is sent what has waited."""

    event: Line


class DeliveryDiscarded(_OfSubscription):
    """A delivery was given up."""

    delivery_id: Id
    event_id: Id
    event_type: Line
    attempt_count: Count
    reason: Text | None = None
    last_response_code: int | None = None
