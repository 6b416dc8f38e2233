"""Tracking statuses: ours, and what each vendor calls them. The one table of them all.

Sources. ShipEngine: the six codes of its webhooks guide, NY of its help pages, SP of its OpenAPI 1.1. Shippo: statuses
and substatuses of "Event definitions" on docs.goshippo.com/docs/tracking/tracking, statuses also in its clients' enum.
eHub: its codes are the carrier's own; where a publisher gives none, USPS's say it (Publication 199, appendix G-4).
"""

from collections.abc import Mapping

from parcelhook.model.tracking import TrackingStatus
from parcelhook.values import value

Code = tuple[str, str]
"""A code and its description."""


@value(kw_only=True)
class VendorStatus:
    """What the vendors call one of our statuses."""

    shipengine: Code
    """Of its eight `status_code`s, and its `status_description`."""
    shipengine_detail: Code | None = None
    """`status_detail_code` where ours is finer than the eight codes."""
    shippo: str
    shippo_substatus: str | None = None
    """One of `SHIPPO_SUBSTATUSES`, where ours is finer than Shippo's six statuses."""
    ehub: str | None = None
    """A carrier code that says the same."""


_IN_TRANSIT: Code = ("IT", "In Transit")
_EXCEPTION: Code = ("EX", "Exception")

STATUSES: Mapping[TrackingStatus, VendorStatus] = {
    TrackingStatus.NOT_YET_IN_SYSTEM: VendorStatus(
        shipengine=("NY", "Not Yet In System"),
        shippo="PRE_TRANSIT",
        shippo_substatus="information_received",
        ehub="MA",
    ),
    TrackingStatus.ACCEPTED: VendorStatus(
        shipengine=("AC", "Accepted"), shippo="TRANSIT", shippo_substatus="package_accepted", ehub="03"
    ),
    TrackingStatus.IN_TRANSIT: VendorStatus(shipengine=_IN_TRANSIT, shippo="TRANSIT", ehub="10"),
    TrackingStatus.OUT_FOR_DELIVERY: VendorStatus(
        shipengine=_IN_TRANSIT,
        shipengine_detail=("OUT_FOR_DELIVERY", "Out for delivery"),
        shippo="TRANSIT",
        shippo_substatus="out_for_delivery",
        ehub="OF",
    ),
    TrackingStatus.ATTEMPTED: VendorStatus(
        shipengine=("AT", "Delivery Attempt"), shippo="TRANSIT", shippo_substatus="delivery_attempted", ehub="02"
    ),
    TrackingStatus.DELIVERED: VendorStatus(
        shipengine=("DE", "Delivered"), shippo="DELIVERED", shippo_substatus="delivered", ehub="01"
    ),
    # The receiver still has to fetch it, so that Shippo's DELIVERED would say too much.
    TrackingStatus.DELIVERED_TO_COLLECTION_LOCATION: VendorStatus(
        shipengine=("SP", "Delivered To Collection Location"),
        shippo="TRANSIT",
        shippo_substatus="pickup_available",
        ehub="14",
    ),
    # Shippo's FAILURE is an issue with the delivery, not the end of it; which issue is the publisher's to say.
    TrackingStatus.EXCEPTION: VendorStatus(shipengine=_EXCEPTION, shippo="FAILURE"),
    TrackingStatus.RETURNED: VendorStatus(
        shipengine=_EXCEPTION,
        shipengine_detail=("RETURN", "Returned to the sender"),
        shippo="RETURNED",
        shippo_substatus="return_to_sender",
        ehub="09",
    ),
    TrackingStatus.UNKNOWN: VendorStatus(shipengine=("UN", "Unknown"), shippo="UNKNOWN", shippo_substatus="other"),
}


@value
class ShippoSubstatus:
    """One of Shippo's finer classes."""

    status: str
    """The one of Shippo's statuses that it belongs to."""
    text: str
    """In our words; Shippo's clients require some."""
    action_required: bool = False
    """Whether sender or receiver must do something."""


SHIPPO_SUBSTATUSES: Mapping[str, ShippoSubstatus] = {
    "information_received": ShippoSubstatus("PRE_TRANSIT", "The carrier has been told of the package."),
    "address_issue": ShippoSubstatus("TRANSIT", "There is something wrong with the address.", True),
    "contact_carrier": ShippoSubstatus("TRANSIT", "The carrier asks to be contacted.", True),
    "delayed": ShippoSubstatus("TRANSIT", "The delivery is delayed."),
    "delivery_attempted": ShippoSubstatus("TRANSIT", "The carrier tried to deliver the package.", True),
    "delivery_rescheduled": ShippoSubstatus("TRANSIT", "The delivery has another date."),
    "delivery_scheduled": ShippoSubstatus("TRANSIT", "The delivery has a date."),
    "location_inaccessible": ShippoSubstatus("TRANSIT", "The carrier could not get to the place of delivery.", True),
    "notice_left": ShippoSubstatus("TRANSIT", "The carrier left a notice.", True),
    "out_for_delivery": ShippoSubstatus("TRANSIT", "The package is out for delivery."),
    "package_accepted": ShippoSubstatus("TRANSIT", "The carrier has accepted the package."),
    "package_arrived": ShippoSubstatus("TRANSIT", "The package has arrived at a place on its way."),
    "package_damaged": ShippoSubstatus("TRANSIT", "The package is damaged.", True),
    "package_departed": ShippoSubstatus("TRANSIT", "The package has left a place on its way."),
    "package_forwarded": ShippoSubstatus("TRANSIT", "The package is sent on to another address."),
    "package_held": ShippoSubstatus("TRANSIT", "The carrier holds the package."),
    "package_processed": ShippoSubstatus("TRANSIT", "The carrier has processed the package."),
    "package_processing": ShippoSubstatus("TRANSIT", "The carrier is processing the package."),
    "pickup_available": ShippoSubstatus("TRANSIT", "The package can be picked up.", True),
    "reschedule_delivery": ShippoSubstatus("TRANSIT", "The delivery needs another date.", True),
    "delivered": ShippoSubstatus("DELIVERED", "The package has been delivered."),
    "return_to_sender": ShippoSubstatus("RETURNED", "The package is returned to its sender."),
    "package_unclaimed": ShippoSubstatus("RETURNED", "Nobody claimed the package.", True),
    "package_undeliverable": ShippoSubstatus("FAILURE", "The package cannot be delivered.", True),
    "package_disposed": ShippoSubstatus("FAILURE", "The package has been disposed of."),
    "package_lost": ShippoSubstatus("FAILURE", "The package is lost.", True),
    "other": ShippoSubstatus("UNKNOWN", "The carrier knows nothing of the package yet."),
}
