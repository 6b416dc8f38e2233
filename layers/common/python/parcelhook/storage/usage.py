"""What accounts use, by day: an item for each count of a worker's, those of a month together. Readers add them up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

from parcelhook.collaborators import collaborator
from parcelhook.model.account import Mode
from parcelhook.model.usage import DailyUsage, Usage
from parcelhook.storage import keys
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import DynamoTable, Query, Values

_SCHEMA = 1
KEPT_DAYS = 400
LONGEST_DAYS = 92
"""So many days can be asked for at once."""
_COUNTED = tuple(asdict(Usage()))
# An account has an item for each worker and day, of some 130 bytes.
_PAGE = 2_000


@collaborator
class UsageDays:
    """Writes counts down and reads their sums. Its calls raise `UnavailableError`."""

    table: DynamoTable

    def write(self, counts: Mapping[str, DailyUsage]) -> None:
        """Writes what is counted so far, by the counts' ids, in place of what was: a write unit each, 25 a call.

        Whoever counts gives the same id for the same account, mode and day only, and totals that only grow: then a call
        may be made any number of times. If it raises, some may be written.
        """
        self.table.put_many(
            (keys.usage(each.day, each.account_id, each.mode, count_id), _values(each))
            for count_id, each in counts.items()
        )

    def of_account(self, account_id: str, mode: Mode, since: date, until: date) -> list[DailyUsage]:
        """Of the days from `since` to `until`, both included, those that have any: a Query for each month or more."""
        between = keys.usage_between(account_id, mode, since, until)
        months = _months(since, until)
        return _sums(item for each in months for item in self._items(Query(prefix=each, between=between)))

    def of_all(self, since: date, until: date) -> list[DailyUsage]:
        """Of all accounts, day by day. Reads the whole of each month."""
        items = (item for each in _months(since, until) for item in self._items(Query(prefix=each)))
        return [each for each in _sums(items) if since <= each.day <= until]

    def _items(self, query: Query) -> Iterator[Values]:
        return self.table.query_all(query, page=_PAGE)


def _months(since: date, until: date) -> list[keys.Key]:
    """Where the days from `since` to `until` lie, in their order."""
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    return list(dict.fromkeys(map(keys.usage_month, days)))


def _values(daily: DailyUsage) -> Values:
    numbers = {name: number for name, number in asdict(daily.usage).items() if number}
    begins = datetime.combine(daily.day, time(), UTC)
    return numbers | {"expires_at": expiry(begins, KEPT_DAYS + 1), "schema": _SCHEMA}


def _sums(items: Iterable[Values]) -> list[DailyUsage]:
    """What workers counted together, in the order of days, accounts and modes."""
    sums: dict[tuple[date, str, Mode], Usage] = {}
    for values in items:
        counted = Usage(**{name: int(values.get(name, 0)) for name in _COUNTED})
        sums.setdefault(keys.usage_of(keys.Key(values["pk"], values["sk"])), Usage()).add(counted)
    return [
        DailyUsage(day=day, account_id=account_id, mode=mode, usage=sums[day, account_id, mode])
        for day, account_id, mode in sorted(sums)
    ]
