"""What the shop itself knows of its parcels. Put a query of your own database in its place."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A parcel of the shop's: one that it sent, or a return label that a customer may use."""

    tracking_number: str
    order: str
    customer: str
    email: str
    is_return: bool
    promised_on: str | None
    """The day on which the customer was told to have it, `YYYY-MM-DD`."""


def read_shipments(path: Path) -> dict[str, Shipment]:
    """All shipments of a CSV file, by tracking number. Raises `OSError` or `KeyError`."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["tracking_number"]: _shipment(row) for row in csv.DictReader(file)}


def _shipment(row: dict[str, str]) -> Shipment:
    return Shipment(
        tracking_number=row["tracking_number"],
        order=row["order"],
        customer=row["customer"],
        email=row["email"],
        is_return=row["direction"] == "return",
        promised_on=row["promised_on"] or None,
    )
