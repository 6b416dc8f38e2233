"""Data of `batch.created` and `batch.completed`."""

from parcelhook.catalogue.fields import EventData, Id


class Batch(EventData):
    """A batch of labels. ShipEngine's and Shippo's webhooks both name it and say no more."""

    batch_id: Id
