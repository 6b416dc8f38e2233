"""What is known of a parcel on its way."""

from collections.abc import Mapping
from enum import StrEnum


class TrackingStatus(StrEnum):
    """Our names for where a parcel is. Each dialect has its own."""

    NOT_YET_IN_SYSTEM = "not_yet_in_system"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"
    DELIVERED = "delivered"
    DELIVERED_TO_COLLECTION_LOCATION = "delivered_to_collection_location"
    EXCEPTION = "exception"
    RETURNED = "returned"
    UNKNOWN = "unknown"


LONGEST_NUMBER = 100
"""Characters of a tracking number."""

SHIPENGINE_STATUSES: Mapping[str, TrackingStatus] = {
    "NY": TrackingStatus.NOT_YET_IN_SYSTEM,
    "AC": TrackingStatus.ACCEPTED,
    "IT": TrackingStatus.IN_TRANSIT,
    "AT": TrackingStatus.ATTEMPTED,
    "DE": TrackingStatus.DELIVERED,
    "SP": TrackingStatus.DELIVERED_TO_COLLECTION_LOCATION,
    "EX": TrackingStatus.EXCEPTION,
    "UN": TrackingStatus.UNKNOWN,
}
"""ShipEngine's eight status codes: six in its webhook guide, NY in its help pages, SP in its OpenAPI."""


def tracking_status(text: str) -> TrackingStatus | None:
    """The status that `text` names: ours, or a ShipEngine code in any case. None if it names none."""
    try:
        return TrackingStatus(text)
    except ValueError:
        # Outside ASCII, letters that are none of the code's own can have its letters as capitals.
        return SHIPENGINE_STATUSES.get(text.upper()) if text.isascii() else None
