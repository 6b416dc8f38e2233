"""`/v1/events`: publish, and look at what was published."""

from typing import Any

from functions.api.authentication import any_form
from functions.api.hops import hops_of
from functions.api.http import Request, Response, Route, json_response
from functions.api.publications import drafts_of
from functions.api.routes.native import pages
from functions.api.routes.native.deliveries import attempt, summary
from functions.api.routes.native.operations import events as operations
from parcelhook.catalogue.publication import MAX_CLIENT_ID
from parcelhook.clock import to_text
from parcelhook.errors import (
    NotFoundError,
)
from parcelhook.explanation import Explanation, explain
from parcelhook.ids import is_ulid
from parcelhook.model.account import Principal
from parcelhook.model.event import EventKey, EventType, event_id
from parcelhook.queues import LONGEST_MESSAGE_BYTES
from parcelhook.services.api import ApiServices
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.lists import delivery_keys


def publish(request: Request, services: ApiServices) -> Response:
    """`POST`: 202 with what is queued, as one object for one, as a list for a list; all or nothing."""
    principal = any_form(request, services)
    request.allow_query()
    content = request.json(limit=LONGEST_MESSAGE_BYTES)
    drafts = drafts_of(content, body_bytes=len(request.body), now=services.clock.now(), hops=hops_of(request))
    events = services.publisher.publish(principal, drafts)
    # A publisher's own ids may say more than a log should know.
    request.noted["event_ids"] = [event_id(each.ulid) for each in events]
    accepted = [{"id": each.id, "type": each.type, "mode": each.mode, "status": "queued"} for each in events]
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
    record = _found(request, principal, services)
    found = services.ledger.deliveries(delivery_keys(record), {record.event.key: record})
    deliveries = [summary(found[key]) for key in delivery_keys(record) if key in found]
    return json_response(200, _event(record) | {"deliveries": deliveries})


def explain_one(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with what became of the event for each subscription of the account in the key's mode, and why."""
    principal = any_form(request, services)
    request.allow_query()
    record = _found(request, principal, services)
    subscriptions = services.registry.subscriptions(principal.account_id, principal.mode)
    deliveries = services.ledger.deliveries(delivery_keys(record), {record.event.key: record})
    by_subscription = {key.subscription_id: delivery for key, delivery in deliveries.items()}
    found = explain(record.event, subscriptions, by_subscription, services.dialects)
    told = {"event_id": record.event.id, "type": record.event.type, "mode": record.event.mode}
    return json_response(200, told | {"subscriptions": [_explanation(each) for each in found]})


def erase(request: Request, services: ApiServices) -> Response:
    """`DELETE` of an event's data: 204. What is left is a tombstone; what was delivered stays with its receivers."""
    principal = any_form(request, services)
    request.allow_query()
    text = request.parameters["event_id"]
    key = _key(text, principal, services)
    record = _record(key, services)
    if key is None or (record is None and text.startswith(event_id(""))):
        # An id of ours says nothing of whether it was ever given to an event; a publisher's own is remembered.
        raise _not_found(text)
    services.erasure_requests.ask(key, record)
    request.noted["event_id"] = event_id(key.ulid)
    return Response(status=204)


def _explanation(explanation: Explanation) -> dict[str, Any]:
    subscription, delivery = explanation.subscription, explanation.delivery
    return {
        "subscription_id": subscription.id,
        "dialect": subscription.dialect,
        "event": subscription.event_name,
        "url": subscription.url,
        "verdict": explanation.verdict,
        "reason": explanation.reason,
        "explanation": explanation.text,
        "delivery_id": delivery.key.id if delivery else None,
        "attempt_count": len(delivery.attempts) if delivery else 0,
        "last_attempt": attempt(delivery.attempts[-1]) if delivery and delivery.attempts else None,
        "next_attempt_at": to_text(delivery.due_at) if delivery and delivery.due_at else None,
    }


def _found(request: Request, principal: Principal, services: ApiServices) -> EventRecord:
    text = request.parameters["event_id"]
    record = _record(_key(text, principal, services), services)
    if record is None:
        raise _not_found(text)
    request.noted["event_id"] = event_id(record.event.ulid)
    return record


def _key(text: str, principal: Principal, services: ApiServices) -> EventKey | None:
    """The key that an id stands for: ours for any event, a publisher's for one that was published."""
    ulid = text.removeprefix(event_id(""))
    if not (text.startswith(event_id("")) and is_ulid(ulid)):
        # What is longer is nobody's id, and no key of DynamoDB could hold it.
        is_possible = len(text) <= MAX_CLIENT_ID
        found = services.publications.find(principal.account_id, principal.mode, text) if is_possible else None
        ulid = found.ulid if found else ""
    return EventKey(principal.account_id, principal.mode, ulid) if ulid else None


def _record(key: EventKey | None, services: ApiServices) -> EventRecord | None:
    """As it is at this moment: whoever erased it must not see its data."""
    return services.ledger.events([key], consistent=True).get(key) if key else None


def _not_found(text: str) -> NotFoundError:
    return NotFoundError(f"There is no event {text[:100]}, or it is not dispatched yet.")


def _event(record: EventRecord) -> dict[str, Any]:
    event = record.event
    return {
        "id": event.id,
        "type": event.type,
        "mode": event.mode,
        "accepted_at": to_text(event.accepted_at),
        "occurred_at": to_text(event.occurred_at),
        "sequence": event.sequence,
        "data": None if event.erased_at else event.data,
        "erased_at": to_text(event.erased_at) if event.erased_at else None,
    }


ROUTES = (
    Route("POST", "/v1/events", publish, operations.PUBLISH),
    Route("GET", "/v1/events", list_all, operations.LIST),
    Route("GET", "/v1/events/<event_id>", show, operations.SHOW),
    Route("GET", "/v1/events/<event_id>/explain", explain_one, operations.EXPLAIN),
    Route("DELETE", "/v1/events/<event_id>/data", erase, operations.ERASE),
)
