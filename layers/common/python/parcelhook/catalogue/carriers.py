"""Data of `carrier.connected`."""

from parcelhook.catalogue.fields import EventData, Id


class CarrierConnected(EventData):
    """The carrier account that was connected. ShipEngine's webhook points to it and says no more."""

    carrier_id: Id
