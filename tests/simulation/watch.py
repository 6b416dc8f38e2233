"""What writes tell whoever watches them: counts of failures, circuits, and deliveries that were put off or held."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from parcelhook.resources import LEDGER, REGISTRY
from tests.simulation.cloud.tables import Item, ItemKey


@dataclass(frozen=True, slots=True)
class HealthTurn:
    """A write that changed a subscription's count of failures."""

    at: float
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class CircuitTurn:
    """A write that opened or closed a subscription's circuit."""

    at: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class DeliveryTurn:
    """A write of a delivery that has an item of its own."""

    at: float
    state: str
    is_claimed: bool
    recovered_after: int
    was_recovered: bool
    """Whether by this write its retry policy starts anew."""


@dataclass(slots=True)
class Watch:
    """Is told of each change of a table. Deliveries are known by subscription and ULID."""

    now: Callable[[], float]
    health: defaultdict[str, list[HealthTurn]] = field(default_factory=lambda: defaultdict(list))
    """By subscription."""
    circuits: defaultdict[str, list[CircuitTurn]] = field(default_factory=lambda: defaultdict(list))
    """By subscription."""
    put_off: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When a delivery was put off because its subscription's circuit was open, by its sort key."""
    held: set[str] = field(default_factory=set)
    """Sort keys of deliveries that were ever held."""
    deliveries: defaultdict[str, list[DeliveryTurn]] = field(default_factory=lambda: defaultdict(list))
    """By sort key."""
    forgotten: set[tuple[str, str]] = field(default_factory=set)
    """ULIDs of events with subscriptions of theirs that a later write of the event did not have."""

    def changed(self, table: str, key: ItemKey, before: Item | None, after: Item | None) -> None:
        """As `Changed` says."""
        if after is None:
            return
        if table == LEDGER.name and key[1].startswith("DELIVERY#"):
            self._delivery(key[1], before, after)
        elif table == LEDGER.name and before is not None and key[1].startswith("EVENT#"):
            ulid = key[1].removeprefix("EVENT#")
            self.forgotten |= {(ulid, each) for each in _subscription_ids(before) - _subscription_ids(after)}
        elif table == REGISTRY.name and key[1].startswith("SUB#"):
            self._subscription(after["id"]["S"], before, after)

    def _delivery(self, sort_key: str, before: Item | None, after: Item) -> None:
        if "deferred_since" in after and (before is None or before.get("due_at") != after.get("due_at")):
            self.put_off[sort_key].append(self.now())
        if after.get("state", {}).get("S") == "held":
            self.held.add(sort_key)
        if "state" in after:
            was, now = _number(before, "recovered_after"), _number(after, "recovered_after")
            claimed = "claimed_until" in after
            self.deliveries[sort_key].append(
                DeliveryTurn(self.now(), after["state"]["S"], claimed, now, was_recovered=now > was)
            )

    def _subscription(self, subscription_id: str, before: Item | None, after: Item) -> None:
        was, now = _number(before, "error_count"), _number(after, "error_count")
        is_written_again = before is not None and before.get("mark") == after.get("mark")
        if "error_count" in after and not (is_written_again and was == now):
            self.health[subscription_id].append(HealthTurn(self.now(), was, now))
        was_open, is_open = before is not None and "opened_at" in before, "opened_at" in after
        if was_open is not is_open:
            self.circuits[subscription_id].append(CircuitTurn(self.now(), is_open))


def _number(item: Any, name: str) -> int:
    return int(item[name]["N"]) if item and name in item else 0


def _subscription_ids(item: Any) -> set[str]:
    return {each["S"] for each in item["subscription_ids"]["L"]} if "subscription_ids" in item else set()
