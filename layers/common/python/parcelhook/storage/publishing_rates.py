"""How much of its rate an account has used up, over all functions that take events in."""

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.storage import keys
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import Condition, DynamoTable, Update, Values

_PRESENT = Condition(expression="attribute_exists(used_until)")
_KEPT_DAYS = 1


@collaborator(kw_only=True)
class PublishingRates:
    """Keeps a moment for each account: until then its rate is used up. A report is a write, or two while it is busy."""

    table: DynamoTable
    clock: Clock

    def use(self, account_id: str, microseconds: int) -> int:
        """Uses up so much time of an account's rate. Answers until when it is used up, in microseconds since 1970.

        Raises `UnavailableError`.
        """
        key, now = keys.publishing_rate(account_id), int(self.clock.now().timestamp() * 1_000_000)
        idle = Condition(expression="attribute_not_exists(used_until) OR used_until <= :now", values={":now": now})
        try:
            self.table.write(Update(key, {"used_until": now + microseconds} | self._lasting(), idle))
        except ConditionFailed as failure:
            until = int((failure.item or {}).get("used_until", now))
            self._add(key, microseconds)
            return until + microseconds
        return now + microseconds

    def _add(self, key: keys.Key, microseconds: int) -> None:
        try:
            self.table.write(Update(key, self._lasting(), _PRESENT, add={"used_until": microseconds}))
        except ConditionFailed:
            # It expired in between: what is past counts no more.
            return

    def _lasting(self) -> Values:
        return {"expires_at": expiry(self.clock.now(), _KEPT_DAYS)}
