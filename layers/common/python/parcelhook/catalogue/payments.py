"""Data of `payment.updated`."""

from parcelhook.catalogue.fields import EventData, Line, Moment, Number, Text, WholeOrTextId


class PaymentUpdated(EventData):
    """A payment for shipments: the members of an item of eHub's payment status webhook, whose ids are numbers."""

    payment_transaction_id: WholeOrTextId
    status: Line
    payment_method_id: WholeOrTextId | None = None
    gateway_txn_reference: Text | None = None
    transaction_time: Moment | None = None
    amount: Number | None = None
    type: Text | None = None
