"""Data of `rates.updated`."""

from parcelhook.catalogue.fields import EventData, Id


class RatesUpdated(EventData):
    """The shipment whose rates changed. ShipEngine's webhook points to it and says no more."""

    shipment_id: Id
