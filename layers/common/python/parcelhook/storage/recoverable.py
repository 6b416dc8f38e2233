"""Which deliveries a recovery is about: their keys, oldest event first.

What waits or failed is found through the index of its state, without reading what succeeded. What was delivered is in
no index, so that for it all of the subscription's deliveries of that time are read.
"""

from datetime import datetime, timedelta

from parcelhook.collaborators import collaborator
from parcelhook.ids import time_part
from parcelhook.model.delivery import DeliveryKey, DeliveryState
from parcelhook.model.recovery import Cursor, Recovery
from parcelhook.resources import STATE_INDEX
from parcelhook.storage import keys, sheets
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.table import Query, Values
from parcelhook.values import value

# An answer of DynamoDB's has at most a megabyte, which is some 4,000 keys or 2,000 deliveries.
_QUERY_LIMIT = 1_000
# Before and after whatever else there may be in an id.
_NEXT, _END = "!", "~"


@value
class Found:
    """Part of what a recovery is about, and where to go on, or None at the end."""

    keys: tuple[DeliveryKey, ...]
    cursor: Cursor | None


@collaborator
class Recoverable:
    """Finds them."""

    ledger: Ledger

    def page(self, recovery: Recovery, *, limit: int, most_looked_at: int) -> Found:
        """From the recovery's cursor on, some `limit` keys: it ends with the item that reaches so many.

        It looks at some `most_looked_at` deliveries, so that a page may be short although more follow.
        """
        found: list[DeliveryKey] = []
        cursor: Cursor | None = recovery.cursor
        looked_at = 0
        alone: set[DeliveryKey] = set()
        while cursor is not None and len(found) < limit and looked_at < most_looked_at:
            wanted = min(_QUERY_LIMIT, max(limit - len(found), 100))
            seen, matching, cursor = self._query(recovery, cursor, wanted, alone)
            looked_at += seen
            found += matching
        return Found(tuple(found), cursor)

    def count(self, recovery: Recovery, *, most_looked_at: int) -> tuple[int, bool]:
        """How many there are from the beginning, and whether all were looked at."""
        found = self.page(recovery, limit=most_looked_at, most_looked_at=most_looked_at)
        return len(found.keys), found.cursor is None

    def _query(
        self, recovery: Recovery, at: Cursor, limit: int, alone: set[DeliveryKey]
    ) -> tuple[int, list[DeliveryKey], Cursor | None]:
        """How many deliveries were looked at, which of them are wanted, and where to go on.

        `alone` gets those that have an item of their own, which counts whatever is said of them on a sheet.
        """
        state = recovery.states[at.state_number]
        bounds = self._bounds(recovery, state)
        is_delivered = state is DeliveryState.DELIVERED
        query = self._of_subscription(recovery, at) if is_delivered else self._in_state(recovery, at)
        sort_key = STATE_INDEX.sort_key if query.index else "sk"
        page = self.ledger.table.query(query, limit=limit)
        looked_at, last = 0, at.after
        matching: list[DeliveryKey] = []
        for values in page.items:
            if len(matching) >= limit:
                return looked_at, matching, Cursor(at.state_number, last)
            last = values[sort_key]
            held = self._held(values, state, alone)
            looked_at += len(held)
            matching += [key for key, found in held if found == state and _is_of(recovery, key, bounds)]
        if page.next is not None:
            return looked_at, matching, Cursor(at.state_number, last)
        follows = at.state_number + 1 < len(recovery.states)
        return looked_at, matching, Cursor(at.state_number + 1) if follows else None

    def _held(
        self, values: Values, state: DeliveryState, alone: set[DeliveryKey]
    ) -> list[tuple[DeliveryKey, DeliveryState]]:
        """The deliveries of an item, and their states, the oldest event first."""
        key = keys.Key(values["pk"], values["sk"])
        if keys.is_sheet(key):
            return [(each.key, each.state) for each in reversed(sheets.on_sheet(values)) if each.key not in alone]
        own = keys.delivery_key(key)
        alone.add(own)
        # The index has keys only; what is in it is in its state.
        return [(own, DeliveryState(values.get("state", state)))]

    def _in_state(self, recovery: Recovery, at: Cursor) -> Query:
        state, key = recovery.states[at.state_number], recovery.key
        partition = keys.state_partition(key.account_id, key.mode, state)
        first, last = self._bounds(recovery, state)
        between = (at.after + _NEXT if at.after else first, last)
        return Query(prefix=keys.Key(partition, ""), index=STATE_INDEX, between=between)

    def _of_subscription(self, recovery: Recovery, at: Cursor) -> Query:
        prefix = keys.deliveries(recovery.key.account_id, recovery.key.mode, recovery.subscription_id)
        first, _ = self._bounds(recovery, DeliveryState.DELIVERED)
        last = sheets.after(recovery.until) if recovery.until else _END
        between = (at.after + _NEXT if at.after else prefix.sk + first, prefix.sk + last)
        return Query(prefix=prefix, between=between)

    def _bounds(self, recovery: Recovery, state: DeliveryState) -> tuple[str, str]:
        """How the ULIDs begin and end: of events accepted in that time and not expired."""
        oldest: datetime = self.ledger.clock.now() - timedelta(days=self.ledger.days)
        if recovery.all_held and state is DeliveryState.HELD:
            return time_part(oldest), _END
        last = time_part(recovery.until) if recovery.until else ""
        return time_part(max(recovery.since, oldest)), last + _END


def _is_of(recovery: Recovery, key: DeliveryKey, bounds: tuple[str, str]) -> bool:
    first, last = bounds
    return key.subscription_id == recovery.subscription_id and first <= key.event_ulid <= last
