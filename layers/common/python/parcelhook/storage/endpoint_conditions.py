"""The condition of endpoints, on their subscriptions' rows: changed by conditional writes, so that all workers agree.

All rows of a subscription tell the same, since any of them may be the one that matching reads. Rates and leases are on
the first row alone, whoever reads which: they are known by writing, not by reading.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from parcelhook.clock import from_text, to_text
from parcelhook.collaborators import collaborator
from parcelhook.errors import UnavailableError
from parcelhook.model.rate import slots
from parcelhook.model.subscription import Slot, Subscription
from parcelhook.storage.endpoint_items import OPENED
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.registry import rows_of
from parcelhook.storage.table import Condition, DynamoTable, Update, Values

_EXISTS = "attribute_exists(pk)"
# Other workers may take slots or leases at the same moment.
_TRIES = 8


@collaborator
class EndpointConditions:
    """Writes to the registry table. All raise `UnavailableError`; what is not true any more is not written."""

    table: DynamoTable

    def mark_slow(self, subscription: Subscription, slot: Slot, now: datetime) -> None:
        """Notes that the endpoint does not answer in time."""
        self._write(subscription, slot, {"slow_since": to_text(now)}, "attribute_not_exists(slow_since)")

    def clear_slow(self, subscription: Subscription, slot: Slot) -> None:
        """Notes that it answers in time again."""
        self._write(subscription, slot, {"slow_since": None}, "attribute_exists(slow_since)")

    def count_failures(self, subscription: Subscription, slot: Slot, count: int, *, limit: int) -> bool:
        """Counts `count` more in a row, unless that makes `limit` of them. Answers whether it did."""
        if count >= limit:
            return False
        condition = "attribute_not_exists(opened_at) AND (attribute_not_exists(failures) OR failures < :below)"
        return self._write(subscription, slot, {}, condition, {":below": limit - count}, add={"failures": count})

    def open(
        self, subscription: Subscription, slot: Slot, count: int, *, limit: int, now: datetime, until: datetime
    ) -> bool:
        """Opens a closed circuit that has `limit` failures in a row with the latest `count`. Answers whether it did."""
        condition = "attribute_not_exists(opened_at)"
        values: dict[str, object] = {}
        if count < limit:
            # A success may have begun the count anew since it was found to be that high.
            condition += " AND failures >= :before"
            values[":before"] = limit - count
        opened = {
            "failures": limit,
            "opened_at": to_text(now),
            "open_until": to_text(until),
            "openings": 1,
            "probe_until": None,
        }
        return self._write(subscription, slot, opened, condition, values)

    def open_again(
        self, subscription: Subscription, slot: Slot, *, openings: int, now: datetime, until: datetime
    ) -> bool:
        """Opens a half-open circuit for the `openings`th time. Answers whether it did."""
        again = {"open_until": to_text(until), "openings": openings, "probe_until": None}
        condition = "attribute_exists(opened_at) AND open_until <= :now"
        return self._write(subscription, slot, again, condition, {":now": to_text(now)})

    def close(self, subscription: Subscription, slot: Slot, now: datetime) -> bool:
        """Closes a circuit that is not closed. Answers whether it did."""
        closed = OPENED | {"failures": None, "closed_at": to_text(now), "next_slot": None}
        return self._write(subscription, slot, closed, "attribute_exists(opened_at)")

    def forget_failures(self, subscription: Subscription, slot: Slot) -> None:
        """Begins the count anew where the circuit is closed."""
        condition = "attribute_not_exists(opened_at) AND attribute_exists(failures)"
        self._write(subscription, slot, {"failures": None}, condition)

    def claim_probe(self, subscription: Subscription, slot: Slot, now: datetime, until: datetime) -> bool:
        """Makes the caller the one who probes a half-open circuit until `until`. Answers whether it is."""
        condition = (
            "attribute_exists(opened_at) AND open_until <= :now"
            " AND (attribute_not_exists(probe_until) OR probe_until <= :now)"
        )
        return self._write(subscription, slot, {"probe_until": to_text(until)}, condition, {":now": to_text(now)})

    def take_slots(
        self, subscription: Subscription, slot: Slot, wanted: int, *, rate: float, now: datetime, horizon: timedelta
    ) -> tuple[datetime, ...]:
        """The next `wanted` moments at which the endpoint may be sent something; fewer where `horizon` is too near."""
        known = subscription.next_slot
        for _ in range(_TRIES):
            taken = slots(wanted, rate, known, now, horizon)
            if not taken.moments:
                return ()
            stored = self._exchange(subscription, slot, "next_slot", _text(known), _text(taken.next_slot))
            if stored is None:
                return taken.moments
            known = from_text(stored["next_slot"]) if "next_slot" in stored else None
        raise UnavailableError("The slots of an endpoint keep changing.")

    def take_leases(
        self,
        subscription: Subscription,
        slot: Slot,
        names: tuple[str, ...],
        *,
        most: int,
        now: datetime,
        until: datetime,
    ) -> tuple[str, ...]:
        """As many of `names` as may be held at once by all workers, until `until`. What ran out counts no more."""

        def add(held: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
            alive = {name: end for name, end in held.items() if end > to_text(now)}
            taken = names[: max(0, most - len(alive))]
            return alive | dict.fromkeys(taken, to_text(until)), taken

        return self._change_leases(subscription, slot, add)

    def release_leases(self, subscription: Subscription, slot: Slot, names: tuple[str, ...]) -> None:
        """Gives them back."""

        def remove(held: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
            return {name: end for name, end in held.items() if name not in names}, ()

        self._change_leases(subscription, slot, remove)

    def _change_leases(self, subscription: Subscription, slot: Slot, change: Any) -> tuple[str, ...]:
        held: dict[str, str] = {}
        for tried in range(_TRIES):
            after, taken = change(held)
            # Before the first exchange nothing is known of what is held.
            if tried and after == held:
                return tuple(taken)
            stored = self._exchange(subscription, slot, "leases", held or None, after or None)
            if stored is None:
                return tuple(taken)
            if not stored:
                return ()
            held = stored.get("leases", {})
        raise UnavailableError("The leases of an endpoint keep changing.")

    def _exchange(
        self, subscription: Subscription, slot: Slot, name: str, before: object, after: object
    ) -> Values | None:
        """Replaces an attribute of the first row, if it is `before`. Else answers the row; empty where it is gone."""
        expression = f"{_EXISTS} AND " + (f"#{name} = :before" if before else f"attribute_not_exists(#{name})")
        condition = Condition(expression=expression, values={":before": before} if before else {})
        try:
            self.table.write(Update(next(rows_of(subscription, slot)), {name: after}, condition))
        except ConditionFailed as failure:
            return failure.item or {}
        return None

    def _write(
        self,
        subscription: Subscription,
        slot: Slot,
        values: Values,
        expression: str,
        compared: Mapping[str, object] | None = None,
        add: Mapping[str, int] | None = None,
    ) -> bool:
        condition = Condition(expression=f"{_EXISTS} AND {expression}", values=compared or {})
        try:
            self.table.write(*(Update(key, values, condition, add or {}) for key in rows_of(subscription, slot)))
        except ConditionFailed:
            return False
        return True


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
