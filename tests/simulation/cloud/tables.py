"""What a simulated table holds: items by their keys, what they were a moment ago, and indexes that lag behind."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from parcelhook.resources import Index, Table

Item = Mapping[str, Mapping[str, Any]]
ItemKey = tuple[str, str]


@dataclass(slots=True)
class Stored:
    """An item, or None where it was deleted, and what eventually consistent reads may still see of it."""

    item: Item | None
    before: Item | None
    settled_at: float
    """From then on everybody sees `item`."""


@dataclass(slots=True)
class Partition:
    """Items of one partition key, in the order of their sort keys. Deleted ones stay, as None."""

    items: dict[str, Stored] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LaggingIndex:
    """A global secondary index of keys. Changes show in it some time after they were made, in order for each item."""

    definition: Index
    rows: dict[str, list[tuple[str, ItemKey]]] = field(default_factory=dict)
    _places: dict[ItemKey, tuple[str, str]] = field(default_factory=dict)
    _coming: list[tuple[float, int, ItemKey, tuple[str, str] | None]] = field(default_factory=list)
    _latest: dict[ItemKey, float] = field(default_factory=dict)
    _count: int = 0

    def change(self, key: ItemKey, item: Item | None, visible_at: float) -> None:
        """The item is to be found where it says, from then on."""
        place = self._place(item)
        if place is None and key not in self._latest:
            return
        visible_at = max(visible_at, self._latest.get(key, 0.0))
        self._latest[key] = visible_at
        self._count += 1
        heapq.heappush(self._coming, (visible_at, self._count, key, place))

    def partition(self, name: str, now: float) -> list[tuple[str, ItemKey]]:
        """Sort keys with the items that they are of, in order."""
        while self._coming and self._coming[0][0] <= now:
            _, _, key, place = heapq.heappop(self._coming)
            self._move(key, place)
        return self.rows.get(name, [])

    def _place(self, item: Item | None) -> tuple[str, str] | None:
        if item is None:
            return None
        pk, sk = item.get(self.definition.partition_key), item.get(self.definition.sort_key)
        return (pk["S"], sk["S"]) if pk and sk else None

    def _move(self, key: ItemKey, place: tuple[str, str] | None) -> None:
        before = self._places.pop(key, None)
        if before:
            rows = self.rows[before[0]]
            del rows[bisect_left(rows, (before[1], key))]
        if place:
            self._places[key] = place
            insort(self.rows.setdefault(place[0], []), (place[1], key))


class SimulatedTable:
    """One table."""

    def __init__(self, definition: Table, *, now: Callable[[], float], lag: Callable[[], float]) -> None:
        """`lag` draws for how many seconds a change stays unseen by what reads eventually."""
        self.definition = definition
        self.indexes = {index.name: LaggingIndex(index) for index in definition.indexes}
        self._partitions: dict[str, Partition] = {}
        self._now, self._lag = now, lag

    def current(self, key: ItemKey) -> Item | None:
        """The item as it is."""
        partition = self._partitions.get(key[0])
        stored = partition.items.get(key[1]) if partition else None
        return stored.item if stored else None

    def seen(self, key: ItemKey) -> Item | None:
        """The item as an eventually consistent read sees it."""
        partition = self._partitions.get(key[0])
        stored = partition.items.get(key[1]) if partition else None
        return _seen(stored, self._now()) if stored else None

    def store(self, key: ItemKey, item: Item | None) -> None:
        """Writes an item, or deletes it."""
        partition = self._partitions.setdefault(key[0], Partition())
        stored, now = partition.items.get(key[1]), self._now()
        settled_at = now + self._lag()
        if stored is None:
            if item is None:
                return
            insort(partition.order, key[1])
            partition.items[key[1]] = Stored(item, None, settled_at)
        else:
            stored.item, stored.before, stored.settled_at = item, _seen(stored, now), settled_at
        for index in self.indexes.values():
            index.change(key, item, now + self._lag())

    def within(
        self, pk: str, low: str, high: str, *, consistent: bool, forward: bool = True, after: str | None = None
    ) -> Iterator[tuple[str, ItemKey, Item]]:
        """Items of a partition from one sort key to another, both included, from behind `after` on if that is given.

        They are looked up as they are asked for, so that a page of a long list costs no more than that of a short one.
        """
        partition = self._partitions.get(pk)
        if partition is None:
            return
        now = self._now()
        order = partition.order
        first, end = bisect_left(order, low), bisect_right(order, high)
        if after is not None:
            first, end = (bisect_right(order, after), end) if forward else (first, bisect_left(order, after))
        for place in range(first, end) if forward else reversed(range(first, end)):
            sk = order[place]
            stored = partition.items[sk]
            item = stored.item if consistent else _seen(stored, now)
            if item is not None:
                yield sk, (pk, sk), item

    def within_index(
        self, name: str, pk: str, low: str, high: str, *, forward: bool, after: tuple[str, ItemKey] | None
    ) -> Iterator[tuple[str, ItemKey, Item]]:
        """The same of an index: keys only."""
        index = self.indexes[name]
        rows, definition = index.partition(pk, self._now()), index.definition
        first, end = bisect_left(rows, (low, ("", ""))), bisect_right(rows, high, key=itemgetter(0))
        if after is not None:
            first, end = (bisect_right(rows, after), end) if forward else (first, bisect_left(rows, after))
        for place in range(first, end) if forward else reversed(range(first, end)):
            sk, key = rows[place]
            item = {
                "pk": {"S": key[0]},
                "sk": {"S": key[1]},
                definition.partition_key: {"S": pk},
                definition.sort_key: {"S": sk},
            }
            yield sk, key, item

    def everything(self) -> Iterator[Item]:
        """All items as they are, for whoever checks them."""
        for partition in self._partitions.values():
            for stored in partition.items.values():
                if stored.item is not None:
                    yield stored.item


def _seen(stored: Stored, now: float) -> Item | None:
    return stored.item if now >= stored.settled_at else stored.before
