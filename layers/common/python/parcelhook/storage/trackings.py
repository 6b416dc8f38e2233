"""Registered tracking numbers, beside the events in the ledger."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from datetime import datetime
from typing import Any

from parcelhook.clock import Clock, from_text, to_text
from parcelhook.collaborators import collaborator
from parcelhook.model.account import Mode
from parcelhook.model.event import Event
from parcelhook.storage import keys
from parcelhook.storage.compression import compress, decompress
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger import is_alive
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import Condition, DynamoTable, Update, Values
from parcelhook.values import value

_SCHEMA = 1
_ANY = Condition(expression="attribute_exists(pk) OR attribute_not_exists(pk)")


@value(kw_only=True)
class Parcel:
    """Identity of a tracking number."""

    account_id: str
    mode: Mode
    carrier: str
    number: str

    @property
    def key(self) -> keys.Key:
        """Carriers are the same in any case."""
        return keys.tracking(self.account_id, self.mode, self.carrier.lower(), self.number)


@value(kw_only=True)
class Tracking:
    """What is known of a tracking number."""

    registered: Mapping[str, Any] = field(default_factory=dict)
    """What was said when it was registered, as members of canonical tracking data."""
    data: Mapping[str, Any] | None = None
    """Canonical tracking data as last published, or None before the first."""
    occurred_at: datetime | None = None


@collaborator(kw_only=True)
class Trackings:
    """Keeps them as long as the ledger keeps events, counted from the last that was said."""

    table: DynamoTable
    clock: Clock
    days: int

    def register(self, parcel: Parcel, members: Mapping[str, Any]) -> None:
        """Adds a tracking number, or says anew what is known of it. What was published of it stays."""
        values = {"registered": compress(members)} if members else {}
        self.table.write(Update(parcel.key, values | self._lasting(), _ANY))

    def update(self, event: Event) -> None:
        """Writes down a published update, if its tracking number is registered and knows of none that is newer."""
        values = {"data": compress(event.data), "ulid": event.ulid, "occurred_at": to_text(event.occurred_at)}
        condition = Condition(
            expression="attribute_exists(pk) AND (attribute_not_exists(ulid) OR ulid < :new)",
            values={":new": event.ulid},
        )
        try:
            self.table.write(Update(parcel_of(event).key, values | self._lasting(), condition))
        except ConditionFailed:
            return

    def erase_update(self, parcel: Parcel, ulid: str) -> None:
        """Forgets what the event `ulid` told of a tracking number, unless a newer one has told since.

        The event's ULID stays, so that whoever is about to write it down again is too late.
        """
        condition = Condition(expression="ulid = :erased", values={":erased": ulid})
        with suppress(ConditionFailed):
            self.table.write(Update(parcel.key, {"data": None, "occurred_at": None}, condition))

    def erase_registered(self, parcel: Parcel, transaction_id: str) -> None:
        """Forgets what was told of a tracking number when the label of this transaction was bought."""
        values = self.table.get_many([parcel.key], consistent=True)
        if not values or (_decompressed(values[0], "registered") or {}).get("transaction_id") != transaction_id:
            return
        condition = Condition(expression="registered = :erased", values={":erased": values[0]["registered"]})
        with suppress(ConditionFailed):
            self.table.write(Update(parcel.key, {"registered": None}, condition))

    def find(self, parcel: Parcel) -> Tracking | None:
        """What is known of a tracking number, or None where it is not registered."""
        values = self.table.get(parcel.key, consistent=True)
        if values is None or not is_alive(values, int(self.clock.now().timestamp())):
            return None
        return Tracking(
            registered=_decompressed(values, "registered") or {},
            data=_decompressed(values, "data"),
            occurred_at=from_text(values["occurred_at"]) if "occurred_at" in values else None,
        )

    def _lasting(self) -> Values:
        return {"expires_at": expiry(self.clock.now(), self.days), "schema": _SCHEMA}


def parcel_of(event: Event) -> Parcel:
    """What a tracking update is about."""
    return parcel_named(event, event.data["carrier"], event.data["tracking_number"])


def parcel_named(event: Event, carrier: str, number: str) -> Parcel:
    """The parcel that the owner of an event knows by this number."""
    return Parcel(account_id=event.account_id, mode=event.mode, carrier=carrier, number=number)


def _decompressed(values: Values, name: str) -> Any:
    return decompress(bytes(values[name])) if name in values else None
