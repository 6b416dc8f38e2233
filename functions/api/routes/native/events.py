"""`/v1/events`: publish, and look at what was published."""

import json
from typing import Any

from functions.api.authentication import any_form
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native import pages
from functions.api.routes.native.deliveries import summary
from parcelhook.catalogue import parse_publication
from parcelhook.catalogue.publication import MAX_CLIENT_ID
from parcelhook.catalogue.values import MAX_PROBLEMS
from parcelhook.clock import to_text
from parcelhook.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    MalformedBodyError,
    NotFoundError,
    Problem,
)
from parcelhook.ids import is_ulid
from parcelhook.model.account import Principal
from parcelhook.model.event import EventKey, EventType, event_id
from parcelhook.publishing import Draft
from parcelhook.queues import LONGEST_MESSAGE_BYTES
from parcelhook.services.api import ApiServices
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.lists import delivery_keys

MOST_EVENTS = 100
LONGEST_EVENT_BYTES = 64 * 1024


def publish(request: Request, services: ApiServices) -> Response:
    """`POST`: 202 with what is queued, as one object for one, as a list for a list; all or nothing."""
    principal = any_form(request, services)
    request.allow_query()
    content = request.json(limit=LONGEST_MESSAGE_BYTES)
    items, prefixes = _items(content)
    _refuse_large(items, prefixes, len(request.body))
    drafts = _drafts(items, prefixes, services)
    ids = services.publisher.publish(principal, drafts)
    accepted = [_accepted(each, draft, principal) for each, draft in zip(ids, drafts, strict=True)]
    return json_response(202, {"events": accepted} if isinstance(content, list) else accepted[0])


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a page, newest first."""
    principal = any_form(request, services)
    request.allow_query("type", "limit", "cursor")
    listing = services.lists.events(
        principal.account_id,
        principal.mode,
        pages.choice(request, "type", EventType),
        limit=pages.limit(request),
        cursor=request.query.get("cursor"),
    )
    return json_response(200, {"events": [_event(record) for record in listing.elements], "next": listing.next})


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200 with the event and its deliveries. It is there once it is dispatched, normally in a second."""
    principal = any_form(request, services)
    request.allow_query()
    record = _found(request.parameters["event_id"], principal, services)
    found = services.ledger.deliveries(delivery_keys(record))
    deliveries = [summary(found[key]) for key in delivery_keys(record) if key in found]
    return json_response(200, _event(record) | {"deliveries": deliveries})


def _items(content: object) -> tuple[list[object], list[str]]:
    """What is published, and where in the body each item is."""
    if isinstance(content, dict):
        return [content], [""]
    if not isinstance(content, list):
        raise MalformedBodyError("The body must be an event or a list of events.")
    if not 1 <= len(content) <= MOST_EVENTS:
        raise InvalidRequestError([Problem("", f"A list must have 1 to {MOST_EVENTS} events.")])
    return content, [f"/{position}" for position in range(len(content))]


def _refuse_large(items: list[object], prefixes: list[str], body_bytes: int) -> None:
    if body_bytes <= LONGEST_EVENT_BYTES:
        return
    for item, pointer in zip(items, prefixes, strict=True):
        size = len(json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"))
        if size > LONGEST_EVENT_BYTES:
            message = f"An event may have at most {LONGEST_EVENT_BYTES} bytes; this one has {size}."
            raise BodyTooLargeError(message, limit=LONGEST_EVENT_BYTES, pointer=pointer)


def _drafts(items: list[object], prefixes: list[str], services: ApiServices) -> list[Draft]:
    drafts: list[Draft] = []
    problems: list[Problem] = []
    now = services.clock.now()
    for item, pointer in zip(items, prefixes, strict=True):
        try:
            parsed = parse_publication(item, pointer=pointer, now=now)
        except InvalidRequestError as error:
            problems += error.problems
            continue
        drafts.append(
            Draft(
                type=parsed.type,
                data=parsed.data,
                client_id=parsed.client_id,
                occurred_at=parsed.occurred_at,
                pointer=pointer,
            )
        )
    if problems:
        raise InvalidRequestError(problems[:MAX_PROBLEMS])
    return drafts


def _accepted(event_id: str, draft: Draft, principal: Principal) -> dict[str, Any]:
    return {"id": event_id, "type": draft.type, "mode": principal.mode, "status": "queued"}


def _found(text: str, principal: Principal, services: ApiServices) -> EventRecord:
    ulid = text.removeprefix(event_id(""))
    if not (text.startswith(event_id("")) and is_ulid(ulid)):
        # What is longer is nobody's id, and no key of DynamoDB could hold it.
        is_possible = len(text) <= MAX_CLIENT_ID
        found = services.publications.find(principal.account_id, principal.mode, text) if is_possible else None
        ulid = found.ulid if found else ""
    key = EventKey(principal.account_id, principal.mode, ulid)
    record = services.ledger.events([key]).get(key) if ulid else None
    if record is None:
        raise NotFoundError(f"There is no event {text[:100]}, or it is not dispatched yet.")
    return record


def _event(record: EventRecord) -> dict[str, Any]:
    event = record.event
    return {
        "id": event.id,
        "type": event.type,
        "mode": event.mode,
        "accepted_at": to_text(event.accepted_at),
        "occurred_at": to_text(event.occurred_at),
        "data": event.data,
    }


ROUTES = (
    Route("POST", "/v1/events", publish),
    Route("GET", "/v1/events", list_all),
    Route("GET", "/v1/events/<event_id>", show),
)
