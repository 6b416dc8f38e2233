"""Milestones of a parcel's way, by which a subscription may choose the tracking updates that it gets."""

from collections.abc import Collection
from enum import StrEnum

from parcelhook.model.event import Event, EventData, EventType
from parcelhook.model.tracking import TrackingStatus


class Milestone(StrEnum):
    """What a tracking update may tell."""

    ACCEPTED = "accepted"
    FIRST_SCAN = "first_scan"
    """The first scan that the carrier made of the parcel itself."""
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"


_BY_STATUS = {
    TrackingStatus.ACCEPTED: Milestone.ACCEPTED,
    TrackingStatus.IN_TRANSIT: Milestone.IN_TRANSIT,
    TrackingStatus.OUT_FOR_DELIVERY: Milestone.OUT_FOR_DELIVERY,
    TrackingStatus.ATTEMPTED: Milestone.ATTEMPTED,
    TrackingStatus.DELIVERED_TO_COLLECTION_LOCATION: Milestone.READY_FOR_PICKUP,
    TrackingStatus.DELIVERED: Milestone.DELIVERED,
    TrackingStatus.EXCEPTION: Milestone.EXCEPTION,
    TrackingStatus.RETURNED: Milestone.RETURNED,
}
# What a carrier says of a parcel that it has not seen.
_UNSEEN = {TrackingStatus.NOT_YET_IN_SYSTEM, TrackingStatus.UNKNOWN}


def reached(data: EventData) -> set[Milestone]:
    """Milestones that canonical tracking data tells of: that of its status, and whether it is the first scan.

    The first scan is told by the one scan among `events` that is of the parcel itself, or, where none is listed, by
    the status `accepted`.
    """
    status = TrackingStatus(data["status"])
    found = {_BY_STATUS[status]} if status in _BY_STATUS else set()
    scans = [scan for scan in data.get("events") or () if scan.get("status") not in _UNSEEN]
    if len(scans) == 1 or (not scans and status is TrackingStatus.ACCEPTED):
        found.add(Milestone.FIRST_SCAN)
    return found


def is_chosen(event: Event, milestones: Collection[Milestone] | None) -> bool:
    """Whether a subscription that named `milestones` gets an event. None is all; only tracking updates are chosen."""
    if milestones is None or event.type is not EventType.TRACKING_UPDATED:
        return True
    return not reached(event.data).isdisjoint(milestones)
