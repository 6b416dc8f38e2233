"""Recoveries, beside the deliveries in the ledger. While one runs it is in the index of what is due."""

import zlib
from dataclasses import replace
from datetime import datetime

from parcelhook.clock import from_text, to_text
from parcelhook.collaborators import collaborator
from parcelhook.errors import ConcurrentChangeError, NotFoundError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.recovery import Cursor, Recovery, RecoveryKey, RecoveryState
from parcelhook.storage import keys
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import ABSENT, Put, Query, Values, version_is

_SCHEMA = 1
# So many of an account's latest recoveries are looked through for those of a subscription.
_MOST_LOOKED_AT = 100


@collaborator
class RecoveryRows:
    """Reads and writes recoveries. They are kept as long as events and deliveries."""

    ledger: Ledger

    def save(self, recovery: Recovery) -> Recovery:
        """Writes a new one, or one that was read. Raises `ConcurrentChangeError` where somebody else changed it."""
        saved = replace(recovery, version=recovery.version + 1)
        condition = version_is(recovery.version) if recovery.version else ABSENT
        try:
            self.ledger.table.write(Put(keys.recovery(recovery.key), self._values(saved), condition))
        except ConditionFailed as failure:
            raise ConcurrentChangeError(f"Recovery {recovery.key.id} was changed by somebody else.") from failure
        return saved

    def recovery(self, key: RecoveryKey) -> Recovery:
        """One as it is now. Raises `NotFoundError`."""
        found = self.ledger.alive(self.ledger.table.get_many([keys.recovery(key)], consistent=True))
        if not found:
            raise NotFoundError(f"There is no recovery {key.id}.")
        return _to_recovery(found[0])

    def of_subscription(self, account_id: str, mode: Mode, subscription_id: str) -> list[Recovery]:
        """Those of a subscription, newest first, among the latest 100 of its account."""
        prefix = keys.recoveries(account_id, mode)
        query = Query(prefix=prefix, newest_first=True, consistent=True)
        page = self.ledger.table.query(query, limit=_MOST_LOOKED_AT)
        found = [_to_recovery(values) for values in self.ledger.alive(page.items)]
        return [recovery for recovery in found if recovery.subscription_id == subscription_id]

    def shard(self, key: RecoveryKey) -> int:
        """Which shard of what is due a recovery is in."""
        return zlib.crc32(key.id.encode()) % self.ledger.shards

    def _values(self, recovery: Recovery) -> Values:
        due: Values = {}
        if recovery.due_at:
            due = {"due_pk": keys.due_partition(self.shard(recovery.key)), "due_sk": to_text(recovery.due_at)}
        return due | {
            "subscription_id": recovery.subscription_id,
            "since": to_text(recovery.since),
            "until": to_text(recovery.until) if recovery.until else None,
            "states": recovery.states,
            "state": recovery.state,
            "found": recovery.found,
            "queued": recovery.queued,
            "state_number": recovery.cursor.state_number,
            "after": recovery.cursor.after or None,
            "all_held": True if recovery.all_held else None,
            "again_after": to_text(recovery.again_after) if recovery.again_after else None,
            "created_at": to_text(recovery.created_at),
            "updated_at": to_text(recovery.updated_at),
            "version": recovery.version,
            "expires_at": expiry(recovery.created_at, self.ledger.days),
            "schema": _SCHEMA,
        }


def _to_recovery(values: Values) -> Recovery:
    return Recovery(
        key=keys.recovery_key(keys.Key(values["pk"], values["sk"])),
        subscription_id=values["subscription_id"],
        since=from_text(values["since"]),
        until=_moment(values, "until"),
        states=tuple(map(DeliveryState, values["states"])),
        state=RecoveryState(values["state"]),
        found=values["found"],
        queued=values["queued"],
        cursor=Cursor(values["state_number"], values.get("after", "")),
        due_at=_moment(values, "due_sk"),
        all_held=values.get("all_held", False),
        again_after=_moment(values, "again_after"),
        created_at=from_text(values["created_at"]),
        updated_at=from_text(values["updated_at"]),
        version=values["version"],
    )


def _moment(values: Values, name: str) -> datetime | None:
    return from_text(values[name]) if name in values else None
