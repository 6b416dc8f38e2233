"""Data of `transaction.created` and `transaction.updated`: Shippo's Transaction, the purchase of a label.

The enumerations are those of Shippo's own clients, whose parsers refuse any other value.
"""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from parcelhook.catalogue.faults import FAULT
from parcelhook.catalogue.fields import OBJECT_FORM, TEXT_FORM, Data, EventData, Id, Moment, Text

MAX_MESSAGES = 100


class Creator(Data):
    """Who bought the label."""

    first_name: Text | None = None
    last_name: Text | None = None
    username: Text | None = None


class Message(Data):
    """What the carrier or Shippo had to say."""

    source: Text | None = None
    code: Text | None = None
    text: Text | None = None


class Rate(Data):
    """The rate that the label was bought at. Shippo writes amounts as text."""

    object_id: Text | None = None
    amount: Text | None = None
    amount_local: Text | None = None
    currency: Text | None = None
    currency_local: Text | None = None
    provider: Text | None = None
    carrier_account: Text | None = None
    servicelevel_name: Text | None = None
    servicelevel_token: Text | None = None


def _form_of_rate(value: object) -> str | None:
    if isinstance(value, str):
        return TEXT_FORM
    return OBJECT_FORM if isinstance(value, dict | Rate) else None


RateOrId = Annotated[
    Annotated[Text, Tag(TEXT_FORM)] | Annotated[Rate, Tag(OBJECT_FORM)],
    Discriminator(_form_of_rate, custom_error_type=FAULT, custom_error_message="This must be text or an object."),
]
"""Shippo gives the rate's id, or the rate itself if the label was bought without asking for rates before."""


class Transaction(EventData):
    """Shippo's Transaction. Its URLs and `eta` are plain text, because the vendor's own examples are no more."""

    object_id: Id
    status: Literal["WAITING", "QUEUED", "SUCCESS", "ERROR", "REFUNDED", "REFUNDPENDING", "REFUNDREJECTED"]
    object_state: Literal["VALID", "INVALID"] | None = None
    object_owner: Text | None = None
    object_created: Moment | None = None
    object_updated: Moment | None = None
    created_by: Creator | None = None
    rate: RateOrId | None = None
    parcel: Text | None = None
    tracking_number: Text | None = None
    tracking_status: Literal["UNKNOWN", "PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE"] | None = None
    tracking_url_provider: Text | None = None
    eta: Text | None = None
    label_file_type: (
        Literal[
            "PNG",
            "PNG_2.3x7.5",
            "PDF",
            "PDF_2.3x7.5",
            "PDF_4x6",
            "PDF_4x8",
            "PDF_A4",
            "PDF_A5",
            "PDF_A6",
            "ZPLII",
        ]
        | None
    ) = None
    label_url: Text | None = None
    commercial_invoice_url: Text | None = None
    qr_code_url: Text | None = None
    metadata: Text | None = None
    messages: Annotated[list[Message], Field(max_length=MAX_MESSAGES)] | None = None
    # Accepted because Shippo's Transaction has it, and left out because the API key says which mode it is.
    test: bool | None = Field(default=None, exclude=True)
