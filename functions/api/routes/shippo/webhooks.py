"""Shippo's `/webhooks`, as its clients and its page on creating webhooks tell them."""

from dataclasses import dataclass, replace
from typing import Any

from functions.api.authentication import authorization
from functions.api.changes import insist
from functions.api.http import Request, Response, json_response
from functions.api.routes.shippo.bodies import Reader
from functions.api.routes.shippo.pages import page_of
from parcelhook.clock import to_text
from parcelhook.dialects.base import Dialect, places
from parcelhook.dialects.shippo import API_VERSION_FIELD, LONGEST_URL, api_version
from parcelhook.errors import NotFoundError
from parcelhook.model.account import Mode, Principal
from parcelhook.model.subscription import Subscription
from parcelhook.services.api import ApiServices

DIALECT = "shippo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is said of a webhook; None is not said."""

    event: str | None
    url: str | None
    active: bool | None


def create(request: Request, services: ApiServices) -> Response:
    """`POST`: 201 with the webhook. There may be many for one event."""
    principal = principal_of(request, services)
    dialect = services.dialects.named(DIALECT)
    wanted = _wanted(request, services, principal, is_new=True)
    now = services.clock.now()
    subscription = Subscription(
        id=dialect.new_id(services.ids),
        account_id=principal.account_id,
        mode=principal.mode,
        dialect=dialect.name,
        event_name=wanted.event or "",
        event_types=dialect.event_names[wanted.event or ""],
        url=wanted.url or "",
        enabled=wanted.active is not False,
        dialect_fields={API_VERSION_FIELD: api_version(request.headers.get("shippo-api-version"))},
        created_at=now,
        updated_at=now,
    )
    services.registry.add_subscription(subscription, dialect.slot)
    return json_response(201, _webhook(subscription))


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a page, oldest first; inactive ones are in it too."""
    principal = principal_of(request, services)
    dialect = services.dialects.named(DIALECT)
    found = services.registry.subscriptions_of_dialect(
        principal.account_id, principal.mode, dialect.slot, places(dialect)
    )
    return json_response(200, page_of([_webhook(subscription) for subscription in found], request))


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200 with the webhook."""
    return json_response(200, _webhook(_found(request, services)))


def update(request: Request, services: ApiServices) -> Response:
    """`PUT`: 200 with the webhook. What is not said stays as it is, though the vendor's clients say everything."""
    before = _found(request, services)
    wanted = _wanted(request, services, principal_of(request, services), is_new=False)
    dialect = services.dialects.named(DIALECT)

    def change(before: Subscription) -> Subscription:
        after = _changed(before, wanted, dialect)
        after = replace(after, updated_at=services.clock.now())
        return services.registry.change_subscription(before, after, dialect.slot)

    return json_response(200, _webhook(insist(before, change, lambda: _found(request, services))))


def delete(request: Request, services: ApiServices) -> Response:
    """`DELETE`: 204."""
    slot = services.dialects.named(DIALECT).slot
    insist(
        _found(request, services),
        lambda subscription: services.registry.remove_subscription(subscription, slot),
        lambda: _found(request, services),
    )
    return Response(status=204)


def principal_of(request: Request, services: ApiServices) -> Principal:
    """Who calls: `ShippoToken`, or `Bearer` as the vendor's clients send OAuth tokens."""
    key = authorization(request, "ShippoToken") or authorization(request, "Bearer")
    return services.authenticator.principal(key)


def _wanted(request: Request, services: ApiServices, principal: Principal, *, is_new: bool) -> Wanted:
    """What the body says. Raises `InvalidRequestError` and as `Reader.of` does."""
    reader = Reader.of(request)
    event = reader.choice("event", services.dialects.named(DIALECT).event_names, required=is_new)
    url = reader.text("url", required=is_new, longest=LONGEST_URL)
    url_fault = services.endpoint_rules.fault(url) if url else None
    if url_fault:
        reader.refuse("url", url_fault)
    active = reader.boolean("active")
    # The token tells the mode. Test tokens come with the clients' default of false, which is no wish of anybody's.
    if reader.boolean("is_test") and principal.mode is Mode.LIVE:
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


def _found(request: Request, services: ApiServices) -> Subscription:
    principal = principal_of(request, services)
    webhook_id = request.parameters["webhook_id"]
    dialect = services.dialects.named(DIALECT)
    if not dialect.owns_id(webhook_id):
        raise NotFoundError(f"There is no webhook {webhook_id[:50]}.")
    return services.registry.subscription(
        principal.account_id, principal.mode, webhook_id, dialect.slot, places(dialect)
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
