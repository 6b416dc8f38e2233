"""What accounts use, by day: one item for each day, account and mode, those of a day together."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from parcelhook.clock import Clock
from parcelhook.model.account import Mode
from parcelhook.model.usage import DailyUsage, Usage
from parcelhook.storage import keys
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import Condition, DynamoTable, Query, Update, Values

_SCHEMA = 1
KEPT_DAYS = 400
LONGEST_DAYS = 92
"""So many days can be asked for at once."""
_ALWAYS = Condition(expression="attribute_exists(pk) OR attribute_not_exists(pk)")
_COUNTED = tuple(asdict(Usage()))


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDays:
    """Adds up and reads back. Its calls raise `UnavailableError`."""

    table: DynamoTable
    clock: Clock

    def add(self, account_id: str, mode: Mode, usage: Usage) -> None:
        """Adds to what is counted today: one write unit."""
        now = self.clock.now()
        numbers = {name: number for name, number in asdict(usage).items() if number}
        key = keys.usage(now.date(), account_id, mode)
        self.table.write(Update(key, {"expires_at": expiry(now, KEPT_DAYS), "schema": _SCHEMA}, _ALWAYS, numbers))

    def of_account(self, account_id: str, mode: Mode, since: date, until: date) -> list[DailyUsage]:
        """Of the days from `since` to `until`, both included and at most `LONGEST_DAYS`, those that have any."""
        wanted = [keys.usage(day, account_id, mode) for day in _days(since, until)]
        return sorted(map(_daily, self.table.get_many(wanted)), key=lambda each: each.day)

    def of_all(self, since: date, until: date) -> Iterator[DailyUsage]:
        """Of all accounts, day by day: a Query for each day."""
        for day in _days(since, until):
            yield from map(_daily, self.table.query_all(Query(prefix=keys.usage_day(day))))


def _days(since: date, until: date) -> Iterator[date]:
    while since <= until:
        yield since
        since += timedelta(days=1)


def _daily(values: Values) -> DailyUsage:
    day, account_id, mode = keys.usage_of(keys.Key(values["pk"], values["sk"]))
    usage = Usage(**{name: int(values.get(name, 0)) for name in _COUNTED})
    return DailyUsage(day=day, account_id=account_id, mode=mode, usage=usage)
