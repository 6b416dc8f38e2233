"""Shippo's `/webhooks`, as its clients and its page on creating webhooks tell them."""

from dataclasses import replace
from typing import Any

from functions.api.authentication import authorization, identified
from functions.api.http import Request, Response, json_response
from functions.api.routes.shippo.bodies import Reader
from functions.api.routes.shippo.pages import page_of
from functions.api.subscribers import Subscriber
from parcelhook.clock import to_text
from parcelhook.dialects.base import Dialect
from parcelhook.dialects.shippo import API_VERSION_FIELD, LONGEST_URL, api_version
from parcelhook.model.account import Mode, Principal
from parcelhook.model.subscription import Subscription
from parcelhook.services.api import ApiServices
from parcelhook.values import value

DIALECT = "shippo"


@value(kw_only=True)
class Wanted:
    """What is said of a webhook; None is not said."""

    event: str | None
    url: str | None
    active: bool | None


def create(request: Request, services: ApiServices) -> Response:
    """`POST`: 201 with the webhook. There may be many for one event."""
    subscriber = _subscriber(request, services)
    wanted = _wanted(request, subscriber, is_new=True)
    subscription = subscriber.add(
        event_name=wanted.event or "",
        url=wanted.url or "",
        enabled=wanted.active is not False,
        dialect_fields={API_VERSION_FIELD: api_version(request.headers.get("shippo-api-version"))},
    )
    return json_response(201, _webhook(subscription))


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a page, oldest first; inactive ones are in it too."""
    told = [_webhook(subscription) for subscription in _subscriber(request, services).all()]
    return json_response(200, page_of(told, request))


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200 with the webhook."""
    return json_response(200, _webhook(_subscriber(request, services).find(request.parameters["webhook_id"])))


def update(request: Request, services: ApiServices) -> Response:
    """`PUT`: 200 with the webhook. What is not said stays as it is, though the vendor's clients say everything."""
    subscriber = _subscriber(request, services)
    webhook_id = subscriber.find(request.parameters["webhook_id"]).id
    wanted = _wanted(request, subscriber, is_new=False)
    changed = subscriber.change(webhook_id, lambda before: _changed(before, wanted, subscriber.dialect))
    return json_response(200, _webhook(changed))


def delete(request: Request, services: ApiServices) -> Response:
    """`DELETE`: 204."""
    _subscriber(request, services).remove(request.parameters["webhook_id"])
    return Response(status=204)


def principal_of(request: Request, services: ApiServices) -> Principal:
    """Who calls: `ShippoToken`, or `Bearer` as the vendor's clients send OAuth tokens."""
    key = authorization(request, "ShippoToken") or authorization(request, "Bearer")
    return identified(request, services, key)


def _subscriber(request: Request, services: ApiServices) -> Subscriber:
    principal = principal_of(request, services)
    return Subscriber(
        services=services, dialect=services.dialects.named(DIALECT), principal=principal, noted=request.noted
    )


def _wanted(request: Request, subscriber: Subscriber, *, is_new: bool) -> Wanted:
    """What the body says. Raises `InvalidRequestError` and as `Reader.of` does."""
    reader = Reader.of(request)
    event = reader.choice("event", subscriber.dialect.event_names, required=is_new)
    url = reader.text("url", required=is_new, longest=LONGEST_URL)
    url_fault = subscriber.services.endpoint_rules.fault(url) if url else None
    if url_fault:
        reader.refuse("url", url_fault)
    active = reader.boolean("active")
    # The token tells the mode. Test tokens come with the clients' default of false, which is no wish of anybody's.
    if reader.boolean("is_test") and subscriber.principal.mode is Mode.LIVE:
        reader.refuse("is_test", "A live token cannot have test webhooks; use a test token.")
    reader.finish()
    return Wanted(event=event, url=url, active=active)


def _changed(before: Subscription, wanted: Wanted, dialect: Dialect) -> Subscription:
    event = wanted.event or before.event_name
    return replace(
        before,
        event_name=event,
        event_types=dialect.event_names[event],
        url=wanted.url or before.url,
        enabled=before.enabled if wanted.active is None else wanted.active,
    )


def _webhook(subscription: Subscription) -> dict[str, Any]:
    return {
        "object_id": subscription.id,
        "object_owner": subscription.account_id,
        "object_created": to_text(subscription.created_at),
        "object_updated": to_text(subscription.updated_at),
        "event": subscription.event_name,
        "url": subscription.url,
        "active": subscription.enabled,
        "is_test": subscription.mode is Mode.TEST,
    }
