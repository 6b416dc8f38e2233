"""Accounts, API keys and subscriptions, in DynamoDB."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from parcelhook.clock import from_text, to_text
from parcelhook.collaborators import collaborator
from parcelhook.errors import ConcurrentChangeError, NotFoundError, SubscriptionExistsError
from parcelhook.model.account import Account, ApiKey, Mode
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.storage import keys
from parcelhook.storage.endpoint_items import NO_CONDITION
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.subscription_items import from_subscription, to_subscription
from parcelhook.storage.table import (
    ABSENT,
    PRESENT,
    Change,
    Condition,
    Delete,
    DynamoTable,
    Put,
    Query,
    Update,
    Values,
    version_is,
)

# Raised when the form of an item changes, so that older items can be told apart.
_SCHEMA = 1


@collaborator
class Registry:
    """Reads and writes the registry table."""

    table: DynamoTable

    def add_account(self, account: Account) -> None:
        """Stores a new account."""
        values = {
            "id": account.id,
            "name": account.name,
            "parent_id": account.parent_id,
            "created_at": to_text(account.created_at),
            "schema": _SCHEMA,
        }
        self.table.write(Put(keys.account(account.id), values, ABSENT))

    def account(self, account_id: str) -> Account:
        """The account. Raises `NotFoundError`."""
        values = self.table.get(keys.account(account_id), consistent=True)
        if values is None:
            raise NotFoundError(f"There is no account {account_id}.")
        return Account(
            id=values["id"],
            name=values["name"],
            parent_id=values.get("parent_id"),
            created_at=from_text(values["created_at"]),
            default_webhook_url=values.get("default_webhook_url"),
            registers_tracks=values.get("registers_tracks", False),
        )

    def remove_account(self, account_id: str) -> None:
        """Deletes an account that has no subscriptions, and its keys. Raises `NotFoundError`."""
        self.account(account_id)
        for values in self.table.query_all(Query(prefix=keys.account_key(account_id, ""), consistent=True)):
            own, proof = keys.account_key(account_id, values["id"]), keys.key_proof(values["digest"])
            self.table.write(Delete(proof, PRESENT), Delete(own, PRESENT))
        self.table.write(Delete(keys.account(account_id), PRESENT))

    def set_default_webhook_url(self, account_id: str, url: str | None) -> None:
        """Sets or forgets where tracking updates of bought labels go. Raises `NotFoundError`."""
        self._change_account(account_id, {"default_webhook_url": url})

    def note_registers_tracks(self, account_id: str) -> None:
        """Remembers that the account has registered tracking numbers. Raises `NotFoundError`."""
        self._change_account(account_id, {"registers_tracks": True})

    def _change_account(self, account_id: str, values: Values) -> None:
        try:
            self.table.write(Update(keys.account(account_id), values, PRESENT))
        except ConditionFailed as failure:
            raise NotFoundError(f"There is no account {account_id}.") from failure

    def add_key(self, key: ApiKey, digest: str) -> None:
        """Stores a new key twice: under its digest to prove it, under its account to list it."""
        values = _from_key(key) | {"digest": digest}
        self.table.write(
            Put(keys.key_proof(digest), values, ABSENT),
            Put(keys.account_key(key.account_id, key.id), values, ABSENT),
        )

    def key(self, digest: str) -> ApiKey | None:
        """The key with this digest, revoked or not, or None."""
        values = self.table.get(keys.key_proof(digest))
        return _to_key(values) if values else None

    def key_of(self, account_id: str, key_id: str) -> ApiKey:
        """A key of an account, revoked or not. Raises `NotFoundError`."""
        return _to_key(self._key_values(account_id, key_id))

    def keys_of(self, account_id: str) -> list[ApiKey]:
        """All keys of an account, oldest first."""
        found = self.table.query_all(Query(prefix=keys.account_key(account_id, ""), consistent=True))
        return [_to_key(values) for values in found]

    def revoke_key(self, account_id: str, key_id: str, now: datetime) -> ApiKey:
        """Makes a key worthless from `now` on, unless it is already. Raises `NotFoundError`."""
        values = self._key_values(account_id, key_id)
        key = _to_key(values)
        if key.revoked_at is not None:
            return key
        revoked = replace(key, revoked_at=now)
        digest = values["digest"]
        changed = _from_key(revoked) | {"digest": digest}
        self.table.write(
            Put(keys.key_proof(digest), changed, PRESENT),
            Put(keys.account_key(account_id, key_id), changed, PRESENT),
        )
        return revoked

    def _key_values(self, account_id: str, key_id: str) -> Values:
        values = self.table.get(keys.account_key(account_id, key_id), consistent=True)
        if values is None:
            raise NotFoundError(f"Account {account_id} has no key {key_id}.")
        return values

    def add_subscription(self, subscription: Subscription, slot: Slot) -> None:
        """Stores a new subscription. Raises `SubscriptionExistsError` where its slot is taken."""
        values = from_subscription(subscription)
        rows = (Put(key, values, ABSENT) for key in rows_of(subscription, slot))
        try:
            self.table.write(*rows)
        except ConditionFailed as failure:
            # Dialects with one subscription for an event have one row for each, whose refusal tells what is there.
            holder = failure.item["id"] if failure.item else None
            told = f" ({holder})" if holder else ""
            raise SubscriptionExistsError(
                f"There is a subscription to {subscription.event_name} already{told}; delete it first.",
                subscription_id=holder,
            ) from failure

    def change_subscription(self, before: Subscription, after: Subscription, slot: Slot) -> Subscription:
        """Replaces `before`, all but its health. Raises `ConcurrentChangeError` where somebody else changed it."""
        changed = replace(after, version=before.version + 1)
        values, condition = from_subscription(changed), version_is(before.version)
        old, new = list(rows_of(before, slot)), list(rows_of(changed, slot))
        if before.url != changed.url or old != new:
            # What is known of an endpoint is true of that one only, and is the same in all rows.
            values |= NO_CONDITION
        rows: list[Change] = [Update(key, values, condition) if key in old else Put(key, values, ABSENT) for key in new]
        rows += [Delete(key, condition) for key in old if key not in new]
        self._write(rows)
        return changed

    def remove_subscription(self, subscription: Subscription, slot: Slot) -> None:
        """Deletes a subscription. Raises `ConcurrentChangeError` where somebody else changed it or took it away."""
        condition = version_is(subscription.version)
        self._write([Delete(key, condition) for key in rows_of(subscription, slot)])

    def _write(self, rows: Sequence[Change]) -> None:
        try:
            self.table.write(*rows)
        except ConditionFailed as failure:
            raise ConcurrentChangeError("The subscription was changed by somebody else; read it again.") from failure

    def note_failure(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> bool:
        """Counts a failed attempt, up to `limit`: from there on the subscription is disabled, and stays so.

        Answers whether this failure disabled it, which is true of one only, however many workers count.
        """
        values = {
            "last_response_code": response.last_response_code,
            "last_response_message": response.last_response_message,
        }
        if limit > 1 and self._note(subscription, slot, values, limit=limit - 1, add={"error_count": 1}):
            return False
        return self._note(subscription, slot, values, limit=limit, add={"error_count": 1})

    def note_success(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        """Begins the count anew, unless the subscription was disabled meanwhile."""
        values = {
            "error_count": 0,
            "last_response_code": response.last_response_code,
            "last_response_message": response.last_response_message,
            "last_pushed_at": to_text(response.last_pushed_at) if response.last_pushed_at else None,
            "last_pushed_id": response.last_pushed_id,
        }
        self._note(subscription, slot, values, limit=limit, add={})

    def forget_failures(self, subscription: Subscription, slot: Slot) -> None:
        """Begins the count anew, and so enables a disabled subscription."""
        rows = [Update(key, {"error_count": 0}, PRESENT) for key in rows_of(subscription, slot)]
        self._write(rows)

    def _note(
        self, subscription: Subscription, slot: Slot, values: Values, *, limit: int, add: Mapping[str, int]
    ) -> bool:
        condition = Condition(
            expression="attribute_exists(pk) AND (attribute_not_exists(error_count) OR error_count < :limit)",
            values={":limit": limit},
        )
        try:
            self.table.write(*(Update(key, values, condition, add) for key in rows_of(subscription, slot)))
        except ConditionFailed:
            # Deleted, or counted that far already.
            return False
        return True

    def subscription(
        self,
        account_id: str,
        mode: Mode,
        subscription_id: str,
        slot: Slot,
        places: Iterable[str],
        *,
        consistent: bool = True,
    ) -> Subscription:
        """The subscription with this id, in one of `places`. Raises `NotFoundError`."""
        name = slot.name(subscription_id)
        candidates = [keys.subscription(account_id, mode, place, name) for place in places]
        for values in self.table.get_many(candidates, consistent=consistent):
            if values["id"] == subscription_id:
                return to_subscription(values)
        raise NotFoundError(f"There is no subscription {subscription_id}.")

    def subscriptions_of_dialect(
        self, account_id: str, mode: Mode, slot: Slot, places: Iterable[str]
    ) -> list[Subscription]:
        """An account's subscriptions in one dialect, oldest first; reads no others."""
        if slot.exclusive:
            candidates = [keys.subscription(account_id, mode, place, slot.name("")) for place in places]
            found = self.table.get_many(candidates, consistent=True)
        else:
            prefixes = (keys.subscriptions(account_id, mode, place, slot.name("")) for place in places)
            found = [values for prefix in prefixes for values in self._all(prefix, consistent=True)]
        return _distinct(found)

    def subscriptions(self, account_id: str, mode: Mode) -> list[Subscription]:
        """An account's subscriptions in all dialects, oldest first."""
        return _distinct(self._all(keys.subscriptions(account_id, mode), consistent=True))

    def matching(
        self, account_id: str, mode: Mode, event_type: EventType, *, consistent: bool = False
    ) -> list[Subscription]:
        """Who wants events of this type, switched off or not: one Query, half a read unit for each 4 KB, or one where
        it is to be `consistent`."""
        found = self._all(keys.subscriptions(account_id, mode, event_type), consistent=consistent)
        return [to_subscription(values) for values in found]

    def _all(self, prefix: keys.Key, *, consistent: bool) -> Iterator[Values]:
        return self.table.query_all(Query(prefix=prefix, consistent=consistent))


def _distinct(rows: Iterable[Values]) -> list[Subscription]:
    """The subscriptions that `rows` are of, each once however many it has, oldest first."""
    unique = {values["id"]: to_subscription(values) for values in rows}
    return sorted(unique.values(), key=lambda subscription: (subscription.created_at, subscription.id))


def rows_of(subscription: Subscription, slot: Slot) -> Iterator[keys.Key]:
    """Where a subscription is stored: once for each event type, or once where there are no events for it."""
    name = slot.name(subscription.id)
    for place in subscription.places:
        yield keys.subscription(subscription.account_id, subscription.mode, place, name)


def _from_key(key: ApiKey) -> Values:
    return {
        "id": key.id,
        "account_id": key.account_id,
        "mode": key.mode,
        "hint": key.hint,
        "created_at": to_text(key.created_at),
        "revoked_at": to_text(key.revoked_at) if key.revoked_at else None,
        "schema": _SCHEMA,
    }


def _to_key(values: Values) -> ApiKey:
    revoked_at = values.get("revoked_at")
    return ApiKey(
        id=values["id"],
        account_id=values["account_id"],
        mode=Mode(values["mode"]),
        hint=values["hint"],
        created_at=from_text(values["created_at"]),
        revoked_at=from_text(revoked_at) if revoked_at else None,
    )
