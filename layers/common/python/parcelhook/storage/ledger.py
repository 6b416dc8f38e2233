"""Events and deliveries, in DynamoDB."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from parcelhook.clock import Clock, to_text
from parcelhook.collaborators import collaborator
from parcelhook.errors import ConcurrentChangeError, NotFoundError
from parcelhook.model.delivery import Delivery, DeliveryKey
from parcelhook.model.event import EventKey
from parcelhook.model.recovery import RecoveryKey
from parcelhook.resources import DUE_INDEX
from parcelhook.storage import keys, sheets
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger_items import (
    EventRecord,
    from_delivery,
    from_event,
    names_of_sheets,
    to_delivery,
    to_event,
    tombstone_values,
)
from parcelhook.storage.sheets import AT_ONCE_VERSION, Sheet, sheets_of
from parcelhook.storage.sizes import size_of, write_units
from parcelhook.storage.table import (
    ABSENT,
    PRESENT,
    Condition,
    DynamoTable,
    Put,
    Query,
    Start,
    Update,
    Values,
    version_is,
)
from parcelhook.values import value

_TRIES = 5


@collaborator(kw_only=True)
class Ledger:
    """Writes and finds what happened."""

    table: DynamoTable
    clock: Clock
    days: int
    """How long items are kept."""
    shards: int
    """Over how many partitions of the index what is due is spread."""

    def record(self, events: Iterable[EventRecord], delivered: Iterable[Delivery]) -> None:
        """Writes an entry of them."""
        self.write(self.entry(events, delivered))

    def entry(self, events: Iterable[EventRecord], delivered: Iterable[Delivery]) -> "Entry":
        """Events, and deliveries that succeeded at once, in as few write units as there may be: one for each event
        that fits a kilobyte, and for some forty deliveries of one subscription or for each delivery that has no such
        company. Its events name the sheets that it has.
        """
        records = {record.event.key: record for record in events}
        values = {key: from_event(record, days=self.days) for key, record in records.items()}
        settled = {each.key: replace(each, version=AT_ONCE_VERSION) for each in delivered}
        together = sheets_of(_nameable(values, settled.values()), days=self.days)
        names: defaultdict[EventKey, dict[str, str]] = defaultdict(dict)
        for sheet in together:
            for each in sheet.deliveries:
                names[each.key.event][each.key.subscription_id] = sheet.name
                del settled[each.key]
        named = {
            key: replace(each, sheets={**each.sheets, **names[key]}) if key in names else each
            for key, each in records.items()
        }
        values |= {key: values[key] | names_of_sheets(named[key]) for key in names}
        return Entry(records=named, events=values, sheets=tuple(together), deliveries=tuple(settled.values()))

    def write(self, entry: "Entry") -> None:
        """Writes an entry. Raises `UnavailableError`, and may have written any part of it then.

        Unconditional: an event changes only when it is erased, which is repeated for the sake of what is written here,
        and what was delivered stays delivered whatever was written before. Of two workers that have one message, the
        later one tells the event, with the names of its sheets (docs/decisions/018-sheets.md).
        """
        items = [(keys.event(key), values) for key, values in entry.events.items()]
        items += [(sheet.key, sheet.values) for sheet in entry.sheets]
        items += [(keys.delivery(each.key), self._values(each)) for each in entry.deliveries]
        self.table.put_many(items)

    def save(self, delivery: Delivery) -> Delivery:
        """Writes a new delivery, or one that was read, as it is now.

        Raises `ConcurrentChangeError` where it was written by somebody else since (or is not new).
        """
        saved = replace(delivery, version=delivery.version + 1)
        condition = version_is(delivery.version) if delivery.version else ABSENT
        if delivery.version == AT_ONCE_VERSION:
            # It was perhaps on a sheet until here.
            expression = f"{ABSENT.expression} OR {condition.expression}"
            condition = Condition(expression=expression, names=condition.names, values=condition.values)
        try:
            self.table.write(Put(keys.delivery(delivery.key), self._values(saved), condition))
        except ConditionFailed as failure:
            raise ConcurrentChangeError(f"Delivery {delivery.key.id} was changed by somebody else.") from failure
        return saved

    def events(self, event_keys: Iterable[EventKey], *, consistent: bool = False) -> dict[EventKey, EventRecord]:
        """Those of the events that are there; with `consistent` as they are now, for twice the read units."""
        wanted = [keys.event(key) for key in event_keys]
        records = [to_event(values) for values in self.alive(self.table.get_many(wanted, consistent=consistent))]
        return {record.event.key: record for record in records}

    def erase(self, key: EventKey, at: datetime) -> None:
        """Leaves a tombstone of an event that is there: all but its data."""
        with suppress(ConditionFailed):
            self.table.write(Update(keys.event(key), tombstone_values(at), PRESENT))

    def deliveries(
        self, delivery_keys: Iterable[DeliveryKey], records: Mapping[EventKey, EventRecord] | None = None
    ) -> dict[DeliveryKey, Delivery]:
        """Those of the deliveries that are there, as they are now (consistent reads), in the order asked for.

        What has no item of its own may be on a sheet, which its event tells: those of `records` are not read again.
        """
        asked = list(dict.fromkeys(delivery_keys))
        items = self.alive(self.table.get_many([keys.delivery(key) for key in asked], consistent=True))
        found = {delivery.key: delivery for delivery in map(to_delivery, items)}
        if missing := [key for key in asked if key not in found]:
            known = dict(records or {})
            known |= self.events({key.event: None for key in missing if key.event not in known}, consistent=True)
            found |= self.on_sheets(missing, known)
        return {key: found[key] for key in asked if key in found}

    def on_sheets(
        self, delivery_keys: Iterable[DeliveryKey], records: Mapping[EventKey, EventRecord]
    ) -> dict[DeliveryKey, Delivery]:
        """Those of the deliveries that are on the sheets which `records` name, as they were when they succeeded."""
        wanted = {
            key: records[key.event].sheets.get(key.subscription_id) for key in delivery_keys if key.event in records
        }
        named = [keys.sheet(key, name) for key, name in wanted.items() if name]
        read = self.alive(self.table.get_many(named, consistent=True)) if named else []
        found = {delivery.key: delivery for values in read for delivery in sheets.on_sheet(values)}
        return {key: found[key] for key in wanted if key in found}

    def erase_answers(self, record: EventRecord) -> None:
        """Takes what endpoints wrote about an event from all sheets that have it, named by it or not.

        Raises `ConcurrentChangeError` where one keeps changing.
        """
        event = record.event
        for subscription_id in record.subscription_ids:
            prefix = keys.deliveries(event.account_id, event.mode, subscription_id)
            between = (prefix.sk + event.ulid, prefix.sk + sheets.furthest(event.ulid))
            for values in self.table.query_all(Query(prefix=prefix, between=between, consistent=True)):
                key = keys.Key(values["pk"], values["sk"])
                if keys.is_sheet(key) and not any(self._erased_answers(key, event.ulid) for _ in range(_TRIES)):
                    raise ConcurrentChangeError(f"The deliveries of event {event.id} keep changing.")

    def _erased_answers(self, key: keys.Key, event_ulid: str) -> bool:
        """Whether they are gone from one sheet, and nobody erased others from it meanwhile."""
        found = self.table.get_many([key], consistent=True)
        changed = sheets.erased(found[0], event_ulid) if found else None
        if changed is None:
            return True
        same = Condition(expression="deliveries = :before", values={":before": found[0]["deliveries"]})
        try:
            self.table.write(Put(key, changed, same))
        except ConditionFailed:
            return False
        return True

    def delivery(self, key: DeliveryKey) -> Delivery:
        """One delivery as it is now. Raises `NotFoundError`."""
        found = self.deliveries([key]).get(key)
        if found is None:
            raise NotFoundError(f"There is no delivery {key.id}.")
        return found

    def due(self, shard: int, *, since: datetime, until: datetime, limit: int, start: Start | None = None) -> "DuePage":
        """Deliveries and recoveries that are due from `since` to `until`, the longest overdue first."""
        between = (to_text(since), to_text(until))
        query = Query(prefix=keys.Key(keys.due_partition(shard), ""), index=DUE_INDEX, between=between)
        page = self.table.query(query, limit=limit, start=start)
        found = [keys.Key(values["pk"], values["sk"]) for values in page.items]
        return DuePage(
            tuple(keys.delivery_key(key) for key in found if not keys.is_recovery(key)),
            page.next,
            tuple(keys.recovery_key(key) for key in found if keys.is_recovery(key)),
        )

    def _values(self, delivery: Delivery) -> Values:
        return from_delivery(delivery, days=self.days, shards=self.shards)

    def alive(self, items: Iterable[Values]) -> list[Values]:
        """Those that have not expired."""
        now = int(self.clock.now().timestamp())
        return [values for values in items if is_alive(values, now)]


@value(kw_only=True)
class Entry:
    """Results that are written together with their events."""

    records: Mapping[EventKey, EventRecord]
    events: Mapping[EventKey, Values]
    """What is stored of each record."""
    sheets: tuple[Sheet, ...]
    deliveries: tuple[Delivery, ...]
    """Those that have an item of their own."""


@value
class DuePage:
    """Part of what is due, and where to go on, or None at the end."""

    keys: tuple[DeliveryKey, ...]
    next: Start | None
    recoveries: tuple[RecoveryKey, ...] = ()


def _nameable(events: Mapping[EventKey, Values], delivered: Iterable[Delivery]) -> list[Delivery]:
    """Those whose events are written too, and are not made dearer by the names of sheets than is saved."""
    of_events: defaultdict[EventKey, list[Delivery]] = defaultdict(list)
    for delivery in delivered:
        if delivery.key.event in events:
            of_events[delivery.key.event].append(delivery)
    found: list[Delivery] = []
    for key, own in of_events.items():
        values = events[key]
        size = size_of(keys.event(key), values)
        names_bytes = sheets.NAME_BYTES * len(own) + len(values["subscription_ids"] or ()) + 10
        if write_units(size + names_bytes) - write_units(size) < len(own):
            found += own
    return found


def is_alive(values: Mapping[str, object], now: int) -> bool:
    """Whether an item has not expired. DynamoDB may take two days to remove what has."""
    expires_at = values.get("expires_at")
    return not isinstance(expires_at, int) or expires_at > now
