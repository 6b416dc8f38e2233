"""Lists out of the ledger: newest first, in pages that cost what they show."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import EventType
from parcelhook.resources import STATE_INDEX
from parcelhook.storage import keys
from parcelhook.storage.cursors import from_cursor, to_cursor
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord, to_delivery, to_event
from parcelhook.storage.table import Query, Start, Values

LONGEST_PAGE = 100
# How many items a page may look at when a filter leaves most of them out; the next page goes on from there.
_MOST_LOOKED_AT = 1_000
# After every digit, letter and '#': the end of whatever begins alike.
_END = "~"

Element = TypeVar("Element")
Candidates = Iterator[tuple[str, Element]]
"""Elements with their positions, newest first, read as they are asked for."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[Element]):
    """One page, and the cursor of the next, or None at the end. A page may be short although more follow."""

    elements: tuple[Element, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries to list; None is any."""

    state: DeliveryState | None = None
    subscription_id: str | None = None
    event_type: EventType | None = None

    def accepts(self, delivery: Delivery) -> bool:
        """Whether a delivery is among those asked for."""
        return (
            self.state in {None, delivery.state}
            and self.subscription_id in {None, delivery.key.subscription_id}
            and self.event_type in {None, delivery.event_type}
        )


@dataclass(frozen=True, slots=True)
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
        return _page(candidates, wanted.accepts, limit, after)

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
        last = prefix.sk + (after.split("#")[0] if after else _END)
        for values in self._newest_first(Query(prefix=prefix, between=(prefix.sk, last), newest_first=True), limit):
            delivery = to_delivery(values)
            yield _position(delivery.key), delivery

    def _of_account(self, account_id: str, mode: Mode, after: str | None, limit: int) -> Candidates[Delivery]:
        """Events tell whom they were sent to, so that deliveries need no index of their own for this."""
        events = (record for _, record in self._events(account_id, mode, after, limit))
        return self._loaded((key for record in events for key in delivery_keys(record)), limit)

    def _loaded(self, found: Iterable[DeliveryKey], limit: int) -> Candidates[Delivery]:
        for part in _in_chunks(found, limit + 1):
            deliveries = self.ledger.deliveries(part)
            for key in part:
                if key in deliveries:
                    yield _position(key), deliveries[key]

    def _newest_first(self, query: Query, limit: int) -> Iterator[Values]:
        start: Start | None = None
        while True:
            page = self.ledger.table.query(query, limit=limit + 1, start=start)
            yield from self.ledger.alive(page.items)
            start = page.next
            if start is None:
                return


def delivery_keys(record: EventRecord) -> list[DeliveryKey]:
    """The deliveries of an event, in the order that lists have them in."""
    event = record.event
    return [
        DeliveryKey(account_id=event.account_id, mode=event.mode, event_ulid=event.ulid, subscription_id=each)
        for each in sorted(record.subscription_ids, reverse=True)
    ]


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
