"""`/v1/deliveries`: what was sent, and what became of it."""

from typing import Any

from functions.api.authentication import any_form
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native import pages
from functions.api.routes.native.operations import deliveries as operations
from functions.api.routes.native.sendable import refuse_unsendable
from functions.api.routes.native.shown_requests import shown
from functions.api.subscribers import Subscriber
from parcelhook.clock import to_text
from parcelhook.errors import InvalidRequestError, NotFoundError, NotSendableError, Problem
from parcelhook.model.account import Principal
from parcelhook.model.delivery import Attempt, Delivery, DeliveryState, parse_delivery_id
from parcelhook.model.event import Event, EventType, tracking_number
from parcelhook.services.api import ApiServices
from parcelhook.storage.lists import DeliveryFilter

# More than anybody needs, and fewer than an item of the ledger can hold.
MOST_ATTEMPTS = 100


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a page, those of the newest events first."""
    principal = any_form(request, services)
    request.allow_query("state", "subscription", "event_type", "tracking_number", "limit", "cursor")
    wanted = DeliveryFilter(
        state=pages.choice(request, "state", DeliveryState),
        subscription_id=_subscription_id(request, services),
        event_type=pages.choice(request, "event_type", EventType),
        tracking_number=request.query.get("tracking_number") or None,
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
    delivery = _found(request, principal, services)
    event = _event(delivery, services)
    told = {
        "tracking_number": tracking_number(event) if event else None,
        "attempts": [attempt(each) for each in delivery.attempts],
        "request": _request(delivery, event, principal, services) if event else None,
    }
    return json_response(200, summary(delivery) | told)


def retry(request: Request, services: ApiServices) -> Response:
    """`POST`: 202 with the delivery. It is tried once more at once, whatever its state, and keeps its retry policy.

    409 where nothing could be sent: the subscription is gone or off, or the event's data is.
    """
    principal = any_form(request, services)
    request.allow_query()
    delivery = _found(request, principal, services)
    refuse_unsendable(_subscriber(delivery, principal, services), delivery.key.subscription_id)
    if len(delivery.attempts) >= MOST_ATTEMPTS:
        raise NotSendableError(f"This delivery has been tried {len(delivery.attempts)} times, and is kept as it is.")
    if _event(delivery, services) is None:
        raise NotSendableError("The event of this delivery is gone, or its data was erased.")
    services.manual_retries.ask(delivery.key)
    return json_response(202, summary(delivery))


def _event(delivery: Delivery, services: ApiServices) -> Event | None:
    """The event with its data, or None where that is gone."""
    record = services.ledger.events([delivery.key.event], consistent=True).get(delivery.key.event)
    return record.event if record and record.event.erased_at is None else None


def _request(delivery: Delivery, event: Event, principal: Principal, services: ApiServices) -> dict[str, Any] | None:
    """What the next attempt would send at this moment; None where the subscription is gone."""
    try:
        subscription = _subscriber(delivery, principal, services).find(delivery.key.subscription_id)
    except NotFoundError:
        return None
    attempter = services.attempter()
    from parcelhook.delivery.attempts import Work

    return shown(attempter.post(Work(delivery=delivery, event=event, subscription=subscription, message_id="")))


def _subscriber(delivery: Delivery, principal: Principal, services: ApiServices) -> Subscriber:
    dialect = services.dialects.named(delivery.dialect)
    return Subscriber(services=services, dialect=dialect, principal=principal)


def _found(request: Request, principal: Principal, services: ApiServices) -> Delivery:
    text = request.parameters["delivery_id"]
    key = parse_delivery_id(text, principal.account_id, principal.mode)
    if key is None:
        raise NotFoundError(f"There is no delivery {text[:100]}.")
    delivery = services.ledger.delivery(key)
    request.noted["delivery_id"] = delivery.key.id
    return delivery


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


def attempt(told: Attempt) -> dict[str, Any]:
    """An attempt, as deliveries and explanations tell it."""
    return {
        "number": told.number,
        "at": to_text(told.at),
        "duration_ms": told.duration_ms,
        "status_code": told.status_code,
        "error": told.error,
        "message": told.message,
        "response_body": told.response_body,
        "manual": told.is_manual,
    }


ROUTES = (
    Route("GET", "/v1/deliveries", list_all, operations.LIST),
    Route("GET", "/v1/deliveries/<delivery_id>", show, operations.SHOW),
    Route("POST", "/v1/deliveries/<delivery_id>/retry", retry, operations.RETRY),
)
