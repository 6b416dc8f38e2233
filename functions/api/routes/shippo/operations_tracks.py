"""Shippo's Track, as its routes answer it. What is not known is left out."""

from functions.api.documentation.schemas import (
    MOMENT,
    TEXT,
    YES_OR_NO,
    component,
    like,
    list_of,
    object_of,
    one_of,
)

_STATUSES = ("UNKNOWN", "PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE")
_LOCATION = component(
    "ShippoLocation",
    object_of(
        optional=("city", "state", "zip", "country"),
        city=like(TEXT, "Chicago"),
        state=like(TEXT, "IL"),
        zip=like(TEXT, "60611"),
        country=like(TEXT, "US"),
    ),
)
_SUBSTATUS = object_of(
    code=like(TEXT, "information_received"), text=like(TEXT, "Information received."), action_required=YES_OR_NO
)
_STATUS = component(
    "ShippoTrackingStatus",
    object_of(
        optional=("substatus", "location"),
        object_id=like(TEXT, "adcfdddf8ec64b84ad22772bce3ea37a"),
        object_created=MOMENT,
        object_updated=MOMENT,
        status=like(one_of(_STATUSES), "TRANSIT"),
        substatus=_SUBSTATUS,
        status_details=like(TEXT, "The shipment has left the sender's town."),
        status_date=MOMENT,
        location=_LOCATION,
    ),
)
TRACK = component(
    "ShippoTrack",
    object_of(
        optional=(
            "address_from",
            "address_to",
            "transaction",
            "original_eta",
            "eta",
            "servicelevel",
            "metadata",
            "tracking_status",
        ),
        carrier=like(TEXT, "usps"),
        tracking_number=like(TEXT, "9205590164917312751089"),
        address_from=_LOCATION,
        address_to=_LOCATION,
        transaction=TEXT,
        original_eta=MOMENT,
        eta=MOMENT,
        servicelevel={"type": "object", "examples": [{"token": "usps_priority", "name": "Priority Mail"}]},
        metadata=TEXT,
        messages=list_of(TEXT),
        tracking_status=_STATUS,
        tracking_history=list_of(_STATUS),
    ),
    "What is known of a parcel, its history oldest first.",
)
