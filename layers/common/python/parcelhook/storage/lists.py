"""Lists out of the ledger: newest first, in pages that cost what they show."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from parcelhook.collaborators import collaborator
from parcelhook.ids import is_ulid
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import EventKey, EventType, tracking_number
from parcelhook.resources import STATE_INDEX
from parcelhook.storage import keys, sheets
from parcelhook.storage.cursors import from_cursor, to_cursor
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord, to_event
from parcelhook.storage.table import Query, Start, Values
from parcelhook.values import value

LONGEST_PAGE = 100
# How many items a page may look at when a filter leaves most of them out; the next page goes on from there.
_MOST_LOOKED_AT = 1_000
# A sheet has many deliveries: as few as this are read before it is known whether more items are needed.
_FIRST_READ = 10
# After every digit, letter and '#': the end of whatever begins alike.
_END = "~"

Element = TypeVar("Element")
Candidates = Iterator[tuple[str, Element]]
"""Elements with their positions, newest first, read as they are asked for."""


@value
class Listing(Generic[Element]):
    """One page, and the cursor of the next, or None at the end. A page may be short although more follow."""

    elements: tuple[Element, ...]
    next: str | None


@value(kw_only=True)
class DeliveryFilter:
    """Which deliveries to list; None is any."""

    state: DeliveryState | None = None
    subscription_id: str | None = None
    event_type: EventType | None = None
    tracking_number: str | None = None
    """As its event tells it; `accepts` does not know."""

    def accepts(self, delivery: Delivery) -> bool:
        """Whether a delivery is among those asked for."""
        return (
            self.state in {None, delivery.state}
            and self.subscription_id in {None, delivery.key.subscription_id}
            and self.event_type in {None, delivery.event_type}
        )


@collaborator
class Lists:
    """Lists of one account's events and deliveries."""

    ledger: Ledger

    def events(
        self, account_id: str, mode: Mode, event_type: EventType | None, *, limit: int, cursor: str | None
    ) -> Listing[EventRecord]:
        """Events, those accepted last first. Raises `InvalidRequestError` for a bad cursor."""
        after = from_cursor(cursor) if cursor else None
        candidates = self._events(account_id, mode, after, limit)
        return _page(candidates, lambda record: event_type in {None, record.event.type}, limit, after)

    def deliveries(
        self, account_id: str, mode: Mode, wanted: DeliveryFilter, *, limit: int, cursor: str | None
    ) -> Listing[Delivery]:
        """Deliveries, those of the newest events first. Raises `InvalidRequestError` for a bad cursor.

        What failed or waits is read from its own index, so that finding it does not read what succeeded.
        """
        after = from_cursor(cursor) if cursor else None
        if wanted.state and wanted.state is not DeliveryState.DELIVERED:
            candidates = self._in_state(account_id, mode, wanted.state, after, limit)
        elif wanted.subscription_id is not None:
            candidates = self._of_subscription(account_id, mode, wanted.subscription_id, after, limit)
        else:
            candidates = self._of_account(account_id, mode, after, limit)
        if wanted.tracking_number is None:
            return _page(candidates, wanted.accepts, limit, after)
        about: set[DeliveryKey] = set()
        tracked = self._tracked(candidates, wanted, about)
        return _page(tracked, lambda delivery: delivery.key in about, limit, after)

    def _tracked(
        self, candidates: Candidates[Delivery], wanted: DeliveryFilter, about: set[DeliveryKey]
    ) -> Candidates[Delivery]:
        """All of `candidates`, with those noted in `about` that are about the parcel: their events are read to tell.

        Deliveries carry no tracking number, since the index it would need is a write for each of them.
        """
        for part in _in_chunks(candidates, LONGEST_PAGE):
            accepted = {delivery.key: delivery.key.event for _, delivery in part if wanted.accepts(delivery)}
            records = self.ledger.events(set(accepted.values()))
            for key, event_key in accepted.items():
                if event_key in records and tracking_number(records[event_key].event) == wanted.tracking_number:
                    about.add(key)
            yield from part

    def _events(self, account_id: str, mode: Mode, after: str | None, limit: int) -> Candidates[EventRecord]:
        prefix = keys.events(account_id, mode)
        last = prefix.sk + (after.split("#")[0] if after else _END)
        for values in self._newest_first(Query(prefix=prefix, between=(prefix.sk, last), newest_first=True), limit):
            record = to_event(values)
            yield record.event.ulid, record

    def _in_state(
        self, account_id: str, mode: Mode, state: DeliveryState, after: str | None, limit: int
    ) -> Candidates[Delivery]:
        partition = keys.state_partition(account_id, mode, state)
        query = Query(
            prefix=keys.Key(partition, ""), index=STATE_INDEX, between=("0", after or _END), newest_first=True
        )
        found = (keys.delivery_key(keys.Key(values["pk"], values["sk"])) for values in self._newest_first(query, limit))
        return self._loaded(found, limit)

    def _of_subscription(
        self, account_id: str, mode: Mode, subscription_id: str, after: str | None, limit: int
    ) -> Candidates[Delivery]:
        prefix = keys.deliveries(account_id, mode, subscription_id)
        last = prefix.sk + (_furthest(after) if after else _END)
        query = Query(prefix=prefix, between=(prefix.sk, last), newest_first=True)
        for delivery in sheets.newest_first(self._newest_first(query, limit, first=_FIRST_READ)):
            yield _position(delivery.key), delivery

    def _of_account(self, account_id: str, mode: Mode, after: str | None, limit: int) -> Candidates[Delivery]:
        """Events tell whom they were sent to, so that deliveries need no index of their own for this."""
        records: dict[EventKey, EventRecord] = {}

        def found() -> Iterator[DeliveryKey]:
            for _, record in self._events(account_id, mode, after, limit):
                records[record.event.key] = record
                yield from delivery_keys(record)

        return self._loaded(found(), limit, records)

    def _loaded(
        self, found: Iterable[DeliveryKey], limit: int, records: Mapping[EventKey, EventRecord] | None = None
    ) -> Candidates[Delivery]:
        for part in _in_chunks(found, limit + 1):
            deliveries = self.ledger.deliveries(part, records)
            for key in part:
                if key in deliveries:
                    yield _position(key), deliveries[key]

    def _newest_first(self, query: Query, limit: int, *, first: int | None = None) -> Iterator[Values]:
        start: Start | None = None
        size = min(limit + 1, first or limit + 1)
        while True:
            page = self.ledger.table.query(query, limit=size, start=start)
            yield from self.ledger.alive(page.items)
            start, size = page.next, limit + 1
            if start is None:
                return


def delivery_keys(record: EventRecord) -> list[DeliveryKey]:
    """The deliveries of an event, in the order that lists have them in."""
    event = record.event
    return [
        DeliveryKey(account_id=event.account_id, mode=event.mode, event_ulid=event.ulid, subscription_id=each)
        for each in sorted(record.subscription_ids, reverse=True)
    ]


def _furthest(position: str) -> str:
    """The end of what may have deliveries older than a cursor's position."""
    ulid = position.split("#")[0]
    return sheets.furthest(ulid) if is_ulid(ulid) else ulid


def _position(key: DeliveryKey) -> str:
    return f"{key.event_ulid}#{key.subscription_id}"


def _page(
    candidates: Candidates[Element], accepts: Callable[[Element], bool], limit: int, after: str | None
) -> Listing[Element]:
    shown: list[Element] = []
    looked_at, last = 0, ""
    for position, element in candidates:
        if after is not None and position >= after:
            continue
        if len(shown) == limit or looked_at == _MOST_LOOKED_AT:
            return Listing(tuple(shown), to_cursor(last))
        looked_at, last = looked_at + 1, position
        if accepts(element):
            shown.append(element)
    return Listing(tuple(shown), None)


def _in_chunks(elements: Iterable[Element], size: int) -> Iterator[list[Element]]:
    chunk: list[Element] = []
    for element in elements:
        chunk.append(element)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
