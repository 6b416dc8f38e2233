"""What publishers' own event ids stand for, so that publishing one twice is publishing it once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from parcelhook.clock import Clock, from_text, to_text
from parcelhook.collaborators import collaborator
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.storage import keys
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.ledger_items import expiry
from parcelhook.storage.table import Condition, Delete, DynamoTable, Put, Values
from parcelhook.values import value

# For so long does the same id mean the same event.
REMEMBERED = timedelta(hours=24)
_SCHEMA = 1


class PublicationState(StrEnum):
    """How far the publication of an id has come."""

    RESERVED = "reserved"
    """Somebody is about to queue its event, or died while trying."""
    QUEUED = "queued"


@value(kw_only=True)
class Publication:
    """What an id stands for."""

    account_id: str
    mode: Mode
    client_id: str
    ulid: str
    content_digest: str
    state: PublicationState
    at: datetime


class InProgress(Exception):  # noqa: N818 - a state of affairs, not an error
    """Somebody else is publishing the same id at this moment."""


@collaborator(kw_only=True)
class Publications:
    """Keeps the ids, beside the events in the ledger. One write to reserve, one to confirm."""

    table: DynamoTable
    clock: Clock
    days: int
    lease: timedelta = timedelta(seconds=60)
    """After so long a reservation is taken over. A publisher's call ends before, one way or another."""

    def reserve(self, wanted: Publication) -> Publication:
        """Takes an id for `wanted`, or tells what it stands for already: whoever gets `wanted` back may queue it.

        A reservation whose owner died is taken over, ULID included. Raises `InProgress`.
        """
        try:
            self.table.write(Put(_key(wanted), self._values(wanted), self._free()))
        except ConditionFailed as failure:
            return self._existing(wanted, failure.item)
        return wanted

    def confirm(self, publications: Iterable[Publication]) -> None:
        """Their events are queued."""
        queued = (replace(publication, state=PublicationState.QUEUED) for publication in publications)
        self.table.put_many((_key(publication), self._values(publication)) for publication in queued)

    def release(self, publications: Iterable[Publication]) -> None:
        """Their events will not be queued. What cannot be released now runs out by itself."""
        for publication in publications:
            condition = Condition(expression="ulid = :ulid", values={":ulid": publication.ulid})
            try:
                self.table.write(Delete(_key(publication), condition))
            except (ConditionFailed, UnavailableError):
                continue

    def find(self, account_id: str, mode: Mode, client_id: str) -> Publication | None:
        """What an id stands for, until the ledger forgets it."""
        values = self.table.get(keys.published(account_id, mode, client_id), consistent=True)
        return _to_publication(account_id, mode, client_id, values) if values else None

    def _existing(self, wanted: Publication, stored: Values | None) -> Publication:
        if stored is None:
            raise InProgress
        existing = _to_publication(wanted.account_id, wanted.mode, wanted.client_id, stored)
        if existing.state is PublicationState.QUEUED or existing.content_digest != wanted.content_digest:
            return existing
        if existing.at + self.lease > self.clock.now():
            raise InProgress
        return self._taken_over(wanted, existing)

    def _taken_over(self, wanted: Publication, existing: Publication) -> Publication:
        taken = replace(wanted, ulid=existing.ulid)
        condition = Condition(expression="reserved_at = :at", values={":at": to_text(existing.at)})
        try:
            self.table.write(Put(_key(taken), self._values(taken), condition))
        except ConditionFailed as failure:
            raise InProgress from failure
        return taken

    def _free(self) -> Condition:
        long_ago = to_text(self.clock.now() - REMEMBERED)
        return Condition(
            expression="attribute_not_exists(pk) OR reserved_at < :long_ago", values={":long_ago": long_ago}
        )

    def _values(self, publication: Publication) -> Values:
        return {
            "ulid": publication.ulid,
            "content_digest": publication.content_digest,
            "state": publication.state,
            "reserved_at": to_text(publication.at),
            "expires_at": expiry(publication.at, self.days),
            "schema": _SCHEMA,
        }


def _key(publication: Publication) -> keys.Key:
    return keys.published(publication.account_id, publication.mode, publication.client_id)


def _to_publication(account_id: str, mode: Mode, client_id: str, values: Values) -> Publication:
    return Publication(
        account_id=account_id,
        mode=mode,
        client_id=client_id,
        ulid=values["ulid"],
        content_digest=values["content_digest"],
        state=PublicationState(values["state"]),
        at=from_text(values["reserved_at"]),
    )
