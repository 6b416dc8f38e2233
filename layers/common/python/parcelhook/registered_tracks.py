"""Registered tracking numbers: what `/tracks` of Shippo's registers, and what is known of it.

Only accounts that register any pay for it, and they only for updates: docs/decisions/011-registered-tracks.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parcelhook.clock import Clock
from parcelhook.errors import NotFoundError
from parcelhook.model.account import Account
from parcelhook.model.event import Event, EventType
from parcelhook.storage.lists import LONGEST_PAGE, Lists
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import Parcel, Tracking, Trackings, parcel_of

_REMEMBERED = 1_000


@dataclass(slots=True, kw_only=True)
class RegisteredTracks:
    """Registers tracking numbers, and keeps them up to date. What it learned of accounts it remembers for seconds."""

    registry: Registry
    trackings: Trackings
    lists: Lists
    clock: Clock
    remember_seconds: float
    _accounts: dict[str, tuple[float, Account]] = field(default_factory=dict)

    def register(self, parcel: Parcel, members: Mapping[str, Any]) -> None:
        """Registers a tracking number, with what is known of it as members of canonical tracking data."""
        if not self.account(parcel.account_id).registers_tracks:
            self.registry.note_registers_tracks(parcel.account_id)
            self._accounts.pop(parcel.account_id, None)
        self.trackings.register(parcel, members)

    def find(self, parcel: Parcel) -> Tracking:
        """What is known of a tracking number. Raises `NotFoundError`.

        An update that was published before the number was registered, or while another function had not heard of the
        account's first one, is found among the latest events.
        """
        found = self.trackings.find(parcel)
        if found and found.data is not None:
            return found
        event = self._latest(parcel)
        if event is None:
            if found is None:
                raise NotFoundError(f"There is no tracking number {parcel.number}.")
            return found
        if found:
            self.trackings.update(event)
        registered = found.registered if found else {}
        return Tracking(registered=registered, data=event.data, occurred_at=event.occurred_at)

    def published(self, events: Sequence[Event]) -> None:
        """Writes down published updates of registered tracking numbers: of several of one, the last."""
        updates = {parcel_of(event): event for event in events if event.type is EventType.TRACKING_UPDATED}
        if updates and self.account(events[0].account_id).registers_tracks:
            for event in updates.values():
                self.trackings.update(event)

    def account(self, account_id: str) -> Account:
        """The account, as it was some seconds ago at most. Raises `NotFoundError`."""
        known, now = self._accounts.get(account_id), self.clock.monotonic()
        if known and known[0] > now:
            return known[1]
        account = self.registry.account(account_id)
        if len(self._accounts) >= _REMEMBERED:
            self._accounts.clear()
        self._accounts[account_id] = (now + self.remember_seconds, account)
        return account

    def _latest(self, parcel: Parcel) -> Event | None:
        page = self.lists.events(
            parcel.account_id, parcel.mode, EventType.TRACKING_UPDATED, limit=LONGEST_PAGE, cursor=None
        )
        events = (record.event for record in page.elements if record.event.erased_at is None)
        return next((event for event in events if parcel_of(event).key == parcel.key), None)
