"""Events and deliveries, in DynamoDB."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from parcelhook.clock import Clock, to_text
from parcelhook.errors import ConcurrentChangeError, NotFoundError
from parcelhook.model.delivery import Delivery, DeliveryKey
from parcelhook.model.event import EventKey
from parcelhook.resources import DUE_INDEX
from parcelhook.storage import keys
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger_items import EventRecord, from_delivery, from_event, to_delivery, to_event
from parcelhook.storage.table import ABSENT, DynamoTable, Put, Query, Start, Values, version_is

# Far from what counting changes comes to, so that whoever holds another version of the same delivery notices.
AT_ONCE_VERSION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Writes and finds what happened."""

    table: DynamoTable
    clock: Clock
    days: int
    """How long items are kept."""
    shards: int
    """Over how many partitions of the index what is due is spread."""

    def record(self, events: Iterable[EventRecord], delivered: Iterable[Delivery]) -> None:
        """Writes events, and deliveries that succeeded at once: a write unit for each that fits a kilobyte.

        Unconditional: an event never changes, and what was delivered stays delivered whatever was written before.
        """
        items = [(keys.event(record.event.key), from_event(record, days=self.days)) for record in events]
        items += [
            (keys.delivery(delivery.key), self._values(replace(delivery, version=AT_ONCE_VERSION)))
            for delivery in delivered
        ]
        self.table.put_many(items)

    def save(self, delivery: Delivery) -> Delivery:
        """Writes a new delivery, or one that was read, as it is now.

        Raises `ConcurrentChangeError` where it was written by somebody else since (or is not new).
        """
        saved = replace(delivery, version=delivery.version + 1)
        condition = version_is(delivery.version) if delivery.version else ABSENT
        try:
            self.table.write(Put(keys.delivery(delivery.key), self._values(saved), condition))
        except ConditionFailed as failure:
            raise ConcurrentChangeError(f"Delivery {delivery.key.id} was changed by somebody else.") from failure
        return saved

    def events(self, event_keys: Iterable[EventKey]) -> dict[EventKey, EventRecord]:
        """Those of the events that are there."""
        wanted = [keys.event(key) for key in event_keys]
        records = [to_event(values) for values in self.alive(self.table.get_many(wanted))]
        return {record.event.key: record for record in records}

    def deliveries(self, delivery_keys: Iterable[DeliveryKey]) -> dict[DeliveryKey, Delivery]:
        """Those of the deliveries that are there, as they are now (consistent reads)."""
        wanted = [keys.delivery(key) for key in delivery_keys]
        found = [to_delivery(values) for values in self.alive(self.table.get_many(wanted, consistent=True))]
        return {delivery.key: delivery for delivery in found}

    def delivery(self, key: DeliveryKey) -> Delivery:
        """One delivery as it is now. Raises `NotFoundError`."""
        found = self.deliveries([key]).get(key)
        if found is None:
            raise NotFoundError(f"There is no delivery {key.id}.")
        return found

    def due(self, shard: int, *, since: datetime, until: datetime, limit: int, start: Start | None = None) -> "DuePage":
        """Deliveries that are due from `since` to `until`, the longest overdue first."""
        between = (to_text(since), to_text(until))
        query = Query(prefix=keys.Key(keys.due_partition(shard), ""), index=DUE_INDEX, between=between)
        page = self.table.query(query, limit=limit, start=start)
        found = tuple(keys.delivery_key(keys.Key(values["pk"], values["sk"])) for values in page.items)
        return DuePage(found, page.next)

    def _values(self, delivery: Delivery) -> Values:
        return from_delivery(delivery, days=self.days, shards=self.shards)

    def alive(self, items: Iterable[Values]) -> list[Values]:
        """Those that have not expired."""
        now = int(self.clock.now().timestamp())
        return [values for values in items if is_alive(values, now)]


@dataclass(frozen=True, slots=True)
class DuePage:
    """Part of what is due, and where to go on, or None at the end."""

    keys: tuple[DeliveryKey, ...]
    next: Start | None


def is_alive(values: Mapping[str, object], now: int) -> bool:
    """Whether an item has not expired. DynamoDB may take two days to remove what has."""
    expires_at = values.get("expires_at")
    return not isinstance(expires_at, int) or expires_at > now
