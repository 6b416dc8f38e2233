"""Which endpoints' circuits are open: rows beside those of the subscriptions, so that they can be counted by one Query.

They only serve to be counted. What is decided by a circuit is on its subscription's row.
"""

from datetime import datetime

from parcelhook.clock import to_text
from parcelhook.collaborators import collaborator
from parcelhook.model.subscription import Subscription
from parcelhook.storage import keys
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import Query

_SCHEMA = 1
_KEPT_DAYS = 1


@collaborator
class OpenCircuits:
    """Written when a circuit opens, opens again, or is closed. All raise `UnavailableError`."""

    ledger: Ledger

    def note(self, subscription: Subscription, open_until: datetime) -> None:
        """A circuit is open until then; one that was closed is not open any more."""
        key = keys.open_circuit(subscription.account_id, subscription.mode, subscription.id)
        values = {"open_until": to_text(open_until), "expires_at": expiry(open_until, _KEPT_DAYS), "schema": _SCHEMA}
        self.ledger.table.put_many([(key, values)])

    def count(self) -> int:
        """How many are open at this moment. Half a read unit for some forty of them."""
        now = to_text(self.ledger.clock.now())
        rows = self.ledger.table.query_all(Query(prefix=keys.open_circuits()))
        return sum(row["open_until"] > now for row in rows)
