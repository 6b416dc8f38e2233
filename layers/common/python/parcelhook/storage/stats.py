"""A subscription's deliveries in numbers: exact from the ledger as far as it is read, from hourly sums beyond."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from parcelhook.collaborators import collaborator
from parcelhook.ids import time_part
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.stats import HOUR, Counts, by_hour, coarse, hour_of
from parcelhook.storage import keys
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.sheets import newest_first
from parcelhook.storage.table import Condition, Query, Start, Update, Values
from parcelhook.values import value

MOST_READ = 2_000
"""So many deliveries, the newest, are counted one by one: some 100 read units, far fewer where they are on sheets."""
# A sheet has many deliveries, so that few items may do.
_FIRST_PAGE, _PAGE = 50, 1_000
_DURATION = "ms_"
_ALWAYS = Condition(expression="attribute_exists(pk) OR attribute_not_exists(pk)")


@value(kw_only=True)
class SubscriptionStats:
    """What was counted."""

    hours: dict[datetime, Counts]
    """By when the hours began; an hour without anything may be missing."""
    deliveries: tuple[Delivery, ...]
    """Those that were counted one by one, newest event first."""
    exact_since: datetime | None
    """None where all were counted one by one; else when the oldest that was, and what is older is from the sums."""


@collaborator
class Stats:
    """Hourly sums beside the deliveries, one item for each hour and subscription that has much to count."""

    ledger: Ledger

    def add(self, account_id: str, mode: Mode, subscription_id: str, counts: Counts) -> None:
        """Adds to the sums of the present hour: one write unit or two. Raises `UnavailableError`."""
        now = self.ledger.clock.now()
        durations: Counter[str] = Counter()
        for milliseconds, number in counts.durations.items():
            durations[f"{_DURATION}{coarse(milliseconds)}"] += number
        numbers = {"delivered": counts.delivered, "failed": counts.failed, "discarded": counts.discarded}
        add = {name: number for name, number in (numbers | dict(durations)).items() if number}
        key = keys.stats(account_id, mode, hour_of(now), subscription_id)
        self.ledger.table.write(Update(key, {"expires_at": expiry(now, self.ledger.days)}, _ALWAYS, add))

    def of(self, account_id: str, mode: Mode, subscription_id: str, *, since: datetime) -> SubscriptionStats:
        """What became of the events accepted since then, to one subscription. Raises `UnavailableError`."""
        deliveries, is_complete = self._newest(account_id, mode, subscription_id, since)
        hours = by_hour(deliveries)
        if is_complete:
            return SubscriptionStats(hours=hours, deliveries=deliveries, exact_since=None)
        exact_since = deliveries[-1].created_at
        for hour, sums in self._sums(account_id, mode, subscription_id, since, exact_since).items():
            # In the hour that both know, the ledger was perhaps read to its end, or the sums lag behind.
            if hour not in hours or hours[hour].attempts < sums.attempts:
                hours[hour] = sums
        return SubscriptionStats(hours=hours, deliveries=deliveries, exact_since=exact_since)

    def _newest(
        self, account_id: str, mode: Mode, subscription_id: str, since: datetime
    ) -> tuple[tuple[Delivery, ...], bool]:
        prefix = keys.deliveries(account_id, mode, subscription_id)
        query = Query(prefix=prefix, between=(prefix.sk + time_part(since), prefix.sk + "~"), newest_first=True)
        first = time_part(since)
        recent = (each for each in newest_first(self._items(query)) if each.key.event_ulid >= first)
        found = tuple(islice(recent, MOST_READ))
        return found, next(recent, None) is None

    def _items(self, query: Query) -> Iterator[Values]:
        start: Start | None = None
        size = _FIRST_PAGE
        while True:
            page = self.ledger.table.query(query, limit=size, start=start)
            yield from self.ledger.alive(page.items)
            start, size = page.next, _PAGE
            if start is None:
                return

    def _sums(
        self, account_id: str, mode: Mode, subscription_id: str, since: datetime, until: datetime
    ) -> dict[datetime, Counts]:
        wanted = [keys.stats(account_id, mode, hour, subscription_id) for hour in _hours(since, until)]
        found = self.ledger.alive(self.ledger.table.get_many(wanted))
        return {keys.stats_hour(keys.Key(values["pk"], values["sk"])): _counts(values) for values in found}


def _hours(since: datetime, until: datetime) -> Iterable[datetime]:
    hour = hour_of(since.astimezone(UTC))
    while hour <= until:
        yield hour
        hour += HOUR


def _counts(values: Values) -> Counts:
    durations = {
        int(name.removeprefix(_DURATION)): number for name, number in values.items() if name.startswith(_DURATION)
    }
    return Counts(
        delivered=values.get("delivered", 0),
        failed=values.get("failed", 0),
        discarded=values.get("discarded", 0),
        durations=Counter(durations),
    )
