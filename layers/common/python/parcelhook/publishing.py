"""Takes events in: one publication is one queue message, so that it is taken whole or not at all."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from parcelhook import messages
from parcelhook.clock import Clock, to_text
from parcelhook.collaborators import collaborator
from parcelhook.errors import BodyTooLargeError, EventIdReusedError, UnavailableError
from parcelhook.ids import Ids
from parcelhook.messages import EventsMessage
from parcelhook.model.account import Principal
from parcelhook.model.event import Event, EventType
from parcelhook.queues import LONGEST_MESSAGE_BYTES, Queue
from parcelhook.storage.publications import InProgress, Publication, Publications, PublicationState
from parcelhook.values import value

# How long to wait for somebody who is publishing the same id at this moment.
_WAITS = 20
_WAIT_SECONDS = 0.1


@value(kw_only=True)
class Draft:
    """An event as its publisher told it, already validated."""

    type: EventType
    data: dict[str, Any]
    client_id: str | None = None
    occurred_at: datetime | None = None
    hops: int = 0
    """How many deliveries led to it. It is no part of what the event says."""
    pointer: str = ""
    """Where in the publisher's call it stands (RFC 6901)."""

    @property
    def digest(self) -> str:
        """Equal for drafts that say the same."""
        occurred_at = to_text(self.occurred_at) if self.occurred_at else None
        content = json.dumps([self.type, self.data, occurred_at], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@collaborator(kw_only=True)
class Publisher:
    """Publishes events."""

    queue: Queue
    publications: Publications
    clock: Clock
    ids: Ids
    wait: Callable[[float], None]
    """Passes so many seconds."""
    admit: Callable[[str, int], None] = lambda _account_id, _events: None
    """Is asked whether an account may publish so many events; raises `TooManyEventsError` where it may not."""
    queued: Callable[[Sequence[Event]], None] = lambda _: None
    """Is told what was queued, once it is. Must not raise."""

    def publish(self, principal: Principal, drafts: Sequence[Draft]) -> list[Event]:
        """Queues what was not published before, and answers the event that each draft stands for.

        Raises `TooManyEventsError`, `EventIdReusedError`, `BodyTooLargeError`, or `UnavailableError` when AWS refuses;
        then the same call may be made again. Nothing is queued, unless the queue's own answer got lost.
        """
        self.admit(principal.account_id, len(drafts))
        now = self.clock.now()
        # A microsecond apart, so that they sort, and are numbered, as the publisher lists them.
        ulids = [self.ids.ulid(now + timedelta(microseconds=position)) for position in range(len(drafts))]
        events = [_event(principal, draft, ulid, now) for draft, ulid in zip(drafts, ulids, strict=True)]
        reserved: dict[str, Publication] = {}
        try:
            meant, fresh = self._reserved(events, drafts, reserved)
            message = _message(principal, fresh, republished=_some_taken_over(fresh, events))
        except (EventIdReusedError, BodyTooLargeError, UnavailableError):
            self._release(reserved.values(), events)
            raise
        if fresh:
            self._send(message, reserved.values(), events)
        # Queued is queued. What cannot be confirmed is taken over, ULID included, by whoever publishes it again.
        with suppress(UnavailableError):
            self.publications.confirm(reserved.values())
        self.queued(fresh)
        return meant

    def _send(self, message: EventsMessage, reserved: Iterable[Publication], events: Sequence[Event]) -> None:
        try:
            self.queue.send(message)
        except UnavailableError as error:
            if not error.perhaps_done:
                self._release(reserved, events)
            raise

    def _release(self, reserved: Iterable[Publication], events: Sequence[Event]) -> None:
        """Gives ids back, but for those taken over: whoever had them before may have queued their events."""
        own = {event.ulid for event in events}
        self.publications.release(publication for publication in reserved if publication.ulid in own)

    def _reserved(
        self, events: Sequence[Event], drafts: Sequence[Draft], reserved: dict[str, Publication]
    ) -> tuple[list[Event], list[Event]]:
        """The events that are meant, and those of them that are ours to queue.

        `reserved` is filled with the publications of those that have own ids.
        """
        meant, fresh = [], []
        for event, draft in zip(events, drafts, strict=True):
            if event.client_id is None:
                meant.append(event)
                fresh.append(event)
                continue
            publication = self._publication(event, draft, reserved.get(event.client_id))
            if publication.content_digest != draft.digest:
                raise EventIdReusedError(event.client_id, f"{draft.pointer}/id")
            meant.append(replace(event, ulid=publication.ulid))
            if publication.state is PublicationState.RESERVED and event.client_id not in reserved:
                reserved[event.client_id] = publication
                fresh.append(meant[-1])
        return meant, fresh

    def _publication(self, event: Event, draft: Draft, own: Publication | None) -> Publication:
        """What the event's own id stands for: what this call reserved already, or what the ledger says."""
        if own is not None:
            return own
        wanted = Publication(
            account_id=event.account_id,
            mode=event.mode,
            client_id=event.id,
            ulid=event.ulid,
            content_digest=draft.digest,
            state=PublicationState.RESERVED,
            at=event.accepted_at,
        )
        for _ in range(_WAITS):
            try:
                return self.publications.reserve(wanted)
            except InProgress:
                self.wait(_WAIT_SECONDS)
        raise UnavailableError(f"The event at {draft.pointer or '/'} is being published by another call.")


def _message(principal: Principal, events: Sequence[Event], *, republished: bool) -> EventsMessage:
    message = EventsMessage(
        account_id=principal.account_id, mode=principal.mode, events=tuple(events), republished=republished
    )
    if len(messages.encode(message).encode()) > LONGEST_MESSAGE_BYTES:
        raise BodyTooLargeError(
            "The events are too large together; publish them in several calls.", limit=LONGEST_MESSAGE_BYTES
        )
    return message


def _event(principal: Principal, draft: Draft, ulid: str, now: datetime) -> Event:
    return Event(
        ulid=ulid,
        account_id=principal.account_id,
        mode=principal.mode,
        type=draft.type,
        data=draft.data,
        accepted_at=now,
        occurred_at=draft.occurred_at or now,
        client_id=draft.client_id,
        hops=draft.hops,
    )


def _some_taken_over(fresh: Sequence[Event], events: Sequence[Event]) -> bool:
    """Whether some of them have the ULID of an earlier call, which may have queued them before it died."""
    own = {event.ulid for event in events}
    return any(event.ulid not in own for event in fresh)
