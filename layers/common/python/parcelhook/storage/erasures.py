"""Which events' data was erased: a mark beside the event, so that no message which still has the data revives it."""

from collections.abc import Iterable
from datetime import datetime

from parcelhook.clock import from_text, to_text
from parcelhook.collaborators import collaborator
from parcelhook.model.event import EventKey
from parcelhook.storage import keys
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import ABSENT, Put

_SCHEMA = 1
# A message lives for 4 days in its queue and 14 in the dead-letter queue, from where it may be sent again.
_LONGEST_QUEUED_DAYS = 18


@collaborator
class Erasures:
    """Keeps the marks, in the ledger. Its calls raise `UnavailableError`."""

    ledger: Ledger

    def mark(self, key: EventKey, at: datetime) -> datetime:
        """Marks an event, dispatched or not. Answers when that was done first."""
        days = max(self.ledger.days, _LONGEST_QUEUED_DAYS)
        values = {"erased_at": to_text(at), "expires_at": expiry(at, days), "schema": _SCHEMA}
        try:
            self.ledger.table.write(Put(keys.erasure(key), values, ABSENT))
        except ConditionFailed:
            return self.of([key]).get(key, at)
        return at

    def of(self, events: Iterable[EventKey]) -> dict[EventKey, datetime]:
        """Those of the events that are marked, and since when (consistent reads)."""
        found = self.ledger.table.get_many([keys.erasure(key) for key in events], consistent=True)
        return {
            keys.erased_event_key(keys.Key(values["pk"], values["sk"])): from_text(values["erased_at"])
            for values in self.ledger.alive(found)
        }
