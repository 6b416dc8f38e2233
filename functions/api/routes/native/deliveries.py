"""`/v1/deliveries`: what was sent, and what became of it."""

from typing import Any

from functions.api.authentication import any_form
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native import pages
from parcelhook.clock import to_text
from parcelhook.errors import InvalidRequestError, NotFoundError, Problem
from parcelhook.model.delivery import Attempt, Delivery, DeliveryState, parse_delivery_id
from parcelhook.model.event import EventType
from parcelhook.services.api import ApiServices
from parcelhook.storage.lists import DeliveryFilter


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a page, those of the newest events first."""
    principal = any_form(request, services)
    request.allow_query("state", "subscription", "event_type", "limit", "cursor")
    wanted = DeliveryFilter(
        state=pages.choice(request, "state", DeliveryState),
        subscription_id=_subscription_id(request, services),
        event_type=pages.choice(request, "event_type", EventType),
    )
    listing = services.lists.deliveries(
        principal.account_id,
        principal.mode,
        wanted,
        limit=pages.limit(request),
        cursor=request.query.get("cursor"),
    )
    deliveries = [summary(delivery) for delivery in listing.elements]
    return json_response(200, {"deliveries": deliveries, "next": listing.next})


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200 with all its attempts."""
    principal = any_form(request, services)
    request.allow_query()
    text = request.parameters["delivery_id"]
    key = parse_delivery_id(text, principal.account_id, principal.mode)
    if key is None:
        raise NotFoundError(f"There is no delivery {text[:100]}.")
    delivery = services.ledger.delivery(key)
    return json_response(200, summary(delivery) | {"attempts": [_attempt(each) for each in delivery.attempts]})


def _subscription_id(request: Request, services: ApiServices) -> str | None:
    """`?subscription=`, of any dialect; one that is gone may be asked for as well."""
    text = request.query.get("subscription") or None
    if text is not None and not any(dialect.owns_id(text) for dialect in services.dialects.known):
        raise InvalidRequestError([Problem("?subscription", "This is not an id of a subscription.")])
    return text


def summary(delivery: Delivery) -> dict[str, Any]:
    """A delivery without its attempts, as lists tell it."""
    return {
        "id": delivery.key.id,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "subscription_id": delivery.key.subscription_id,
        "dialect": delivery.dialect,
        "mode": delivery.key.mode,
        "url": delivery.url,
        "state": delivery.state,
        "reason": delivery.reason,
        "attempt_count": len(delivery.attempts),
        "next_attempt_at": to_text(delivery.due_at) if delivery.due_at else None,
        "created_at": to_text(delivery.created_at),
        "updated_at": to_text(delivery.updated_at),
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": to_text(attempt.at),
        "duration_ms": attempt.duration_ms,
        "status_code": attempt.status_code,
        "error": attempt.error,
        "message": attempt.message,
        "response_body": attempt.response_body,
    }


ROUTES = (
    Route("GET", "/v1/deliveries", list_all),
    Route("GET", "/v1/deliveries/<delivery_id>", show),
)
