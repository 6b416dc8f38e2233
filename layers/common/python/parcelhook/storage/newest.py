"""The newest update of each tracking number that was delivered to a subscription which has older ones dropped."""

import hashlib

from parcelhook.collaborators import collaborator
from parcelhook.model.event import Event, tracking_number
from parcelhook.storage import keys
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import Condition, Put

_SCHEMA = 1


@collaborator
class NewestDelivered:
    """Remembers it in the ledger, as long as events. Its calls raise `UnavailableError`."""

    ledger: Ledger

    def note(self, event: Event, subscription_id: str) -> None:
        """An update was delivered: one write, and none of effect where a newer one was."""
        key = _key(event, subscription_id)
        if key is None:
            return
        values = {"ulid": event.ulid, "expires_at": expiry(event.accepted_at, self.ledger.days), "schema": _SCHEMA}
        is_newer = Condition(expression="attribute_not_exists(pk) OR ulid < :ulid", values={":ulid": event.ulid})
        try:
            self.ledger.table.write(Put(key, values, is_newer))
        except ConditionFailed:
            return

    def is_superseded(self, event: Event, subscription_id: str) -> bool:
        """Whether a newer update of the event's tracking number was delivered: one read."""
        key = _key(event, subscription_id)
        found = self.ledger.table.get_many([key], consistent=True) if key else []
        return any(values["ulid"] > event.ulid for values in found)


def _key(event: Event, subscription_id: str) -> keys.Key | None:
    """None for an event that is about no parcel. The number is hashed: a key outlives the erasure of an event."""
    number = tracking_number(event)
    if number is None:
        return None
    parcel = f"{str(event.data.get('carrier', '')).lower()}#{number}"
    digest = hashlib.sha256(parcel.encode()).hexdigest()
    return keys.newest(event.account_id, event.mode, subscription_id, digest)
