"""Data of `tracking.updated`.

Its members are the union of what the three vendors' tracking webhooks carry: ShipEngine's tracking information,
Shippo's Track and eHub's shipment tracking items.
"""

from typing import Annotated

from pydantic import Field

from parcelhook.catalogue.fields import (
    Code,
    Data,
    DayOrMoment,
    EventData,
    Id,
    Integer,
    Latitude,
    Line,
    LocalTime,
    Longitude,
    Metadata,
    Moment,
    Status,
    Text,
    Url,
)

MAX_SCANS = 500
MAX_MESSAGES = 100


class Substatus(Data):
    """A finer status and whether somebody must act on it, as in Shippo's Track."""

    code: Text
    text: Text | None = None
    action_required: bool | None = None


class ParentServiceLevel(Data):
    """The service level that another belongs to, as in Shippo's Track."""

    token: Text | None = None
    name: Text | None = None
    terms: Text | None = None
    extended_token: Text | None = None


class ServiceLevel(ParentServiceLevel):
    """How fast and how the parcel travels, as in Shippo's Track."""

    parent: ParentServiceLevel | None = None


class Address(Data):
    """Where a parcel comes from or goes to. Shippo's Track carries city, state, postal code and country of it."""

    name: Text | None = None
    company: Text | None = None
    street1: Text | None = None
    street2: Text | None = None
    city: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None


class Scan(Data):
    """One scan of a parcel: an event of ShipEngine's, a history entry of Shippo's, a payload item of eHub's."""

    occurred_at: Moment
    carrier_occurred_at: LocalTime | None = None
    """The carrier's local time. ShipEngine sends it without a zone."""
    description: Text | None = None
    status: Status | None = None
    status_description: Text | None = None
    status_details: Text | None = None
    substatus: Substatus | None = None
    event_code: Text | None = None
    event_description: Text | None = None
    secondary_code: Text | None = None
    tracking_event_id: Integer | None = None
    object_id: Line | None = None
    carrier_status_code: Text | None = None
    carrier_status_description: Text | None = None
    carrier_detail_code: Text | None = None
    city: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None
    company_name: Text | None = None
    signer: Text | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class TrackingUpdated(EventData):
    """What is known of a parcel."""

    tracking_number: Line
    carrier: Code
    status: Status
    status_description: Text | None = None
    status_detail_code: Text | None = None
    status_detail_description: Text | None = None
    carrier_id: Integer | None = None
    """A number, as in ShipEngine's tracking information."""
    carrier_status_code: Text | None = None
    carrier_status_description: Text | None = None
    carrier_detail_code: Text | None = None
    substatus: Substatus | None = None
    ship_date: DayOrMoment | None = None
    estimated_delivery_date: DayOrMoment | None = None
    original_estimated_delivery_date: DayOrMoment | None = None
    actual_delivery_date: DayOrMoment | None = None
    exception_description: Text | None = None
    tracking_url: Url | None = None
    label_url: Url | None = None
    service_level: ServiceLevel | None = None
    address_from: Address | None = None
    address_to: Address | None = None
    shipment_id: Id | None = None
    parcel_id: Id | None = None
    transaction_id: Id | None = None
    metadata: Metadata | None = None
    messages: Annotated[list[Text], Field(max_length=MAX_MESSAGES)] | None = None
    events: Annotated[list[Scan], Field(max_length=MAX_SCANS)] | None = None
