"""eHub's `/api/v2/subscriptions`, as its reference and its page on webhook subscriptions tell them."""

from dataclasses import replace
from typing import Any

from functions.api.authentication import authorization, identified
from functions.api.bodies import parse, refuse, url_problems
from functions.api.http import Request, Response, Route, RouteGroup, json_response
from functions.api.routes import ehub_operations as operations
from functions.api.routes.ehub_bodies import (
    NewSubscription,
    PayloadFormat,
    Status,
    SubscriptionChange,
    credentials_problems,
    page_of,
    rewind_from,
    seal,
)
from functions.api.routes.ehub_errors import answer_error
from functions.api.subscribers import Subscriber
from parcelhook.clock import to_text
from parcelhook.dialects.base import is_disabled
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.model.subscription import Subscription
from parcelhook.security.signing import standard_webhooks_secret
from parcelhook.services.api import ApiServices

DIALECT = "ehub"
_PATH = "/api/v2/subscriptions"
# Shown for a secret that was supplied; given back in a change it means that the secret stays as it is.
_MASK = "********"


def create(request: Request, services: ApiServices) -> Response:
    """`POST`: 201 with the subscription, not wrapped; the only answer that tells the shared secret."""
    subscriber = _subscriber(request, services)
    wanted = parse(NewSubscription, request.json_object())
    dialect = subscriber.dialect
    problems = url_problems(wanted.url, services) + credentials_problems(wanted, {})
    if wanted.subscription_type not in dialect.event_names:
        message = f"This must be one of {', '.join(dialect.event_names)}."
        problems.append(Problem("/subscription_type", message))
    refuse(problems)
    subscription_id = dialect.new_id(services.ids)
    subscription = subscriber.add(
        subscription_id=subscription_id,
        event_name=wanted.subscription_type,
        url=wanted.url,
        enabled=wanted.status is Status.ACTIVE,
        dialect_fields={"payload_format": wanted.payload_format, "auth_type": wanted.auth_type},
        sealed=seal(wanted, subscription_id, services),
    )
    secret = wanted.hmac_shared_secret or _generated_secret(subscription, services)
    return json_response(201, _first_members(subscription, services) | {"hmac_shared_secret": secret})


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a page of those that fit the query."""
    told = [_told(subscription, services) for subscription in _subscriber(request, services).all()]
    for name in ("subscription_type", "status"):
        if name in request.query:
            told = [each for each in told if each[name] == request.query[name]]
    return json_response(200, {"subscriptions": page_of(told, request.query)})


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200."""
    subscription = _subscriber(request, services).find(request.parameters["subscription_id"])
    return json_response(200, _told(subscription, services))


def update(request: Request, services: ApiServices) -> Response:
    """`PUT`: 200 with the subscription. Setting it active forgets its failures and sends what was held."""
    subscriber = _subscriber(request, services)
    before = subscriber.find(request.parameters["subscription_id"])
    wanted = parse(SubscriptionChange, request.json_object())
    since = rewind_from(wanted, services.clock.now())
    if since and not (before.enabled if wanted.status is None else wanted.status is Status.ACTIVE):
        raise InvalidRequestError([Problem("/rewind_to_date", "The subscription must be active to send again.")])
    if since:
        services.recoveries.refuse_rewind(before)
    changed = subscriber.change(before.id, lambda each: _changed(each, wanted, services))
    if wanted.status is Status.ACTIVE:
        subscriber.resume(changed)
    if since is not None:
        services.recoveries.rewind(changed, since)
    return json_response(200, _told(subscriber.find(before.id), services))


def delete(request: Request, services: ApiServices) -> Response:
    """`DELETE`: 204."""
    _subscriber(request, services).remove(request.parameters["subscription_id"])
    return Response(status=204)


def _changed(before: Subscription, wanted: SubscriptionChange, services: ApiServices) -> Subscription:
    given = wanted.model_copy(
        update={name: None for name in SubscriptionChange.SECRETS if getattr(wanted, name) == _MASK}
    )
    about_url = url_problems(given.url, services) if given.url is not None else []
    refuse(about_url + credentials_problems(given, before.sealed))
    chosen = {"payload_format": given.payload_format, "auth_type": given.auth_type}
    return replace(
        before,
        url=given.url or before.url,
        enabled=before.enabled if given.status is None else given.status is Status.ACTIVE,
        dialect_fields={**before.dialect_fields, **{name: value for name, value in chosen.items() if value}},
        sealed={**before.sealed, **seal(given, before.id, services)},
    )


def _subscriber(request: Request, services: ApiServices) -> Subscriber:
    principal = identified(request, services, authorization(request, "Bearer"))
    return Subscriber(
        services=services, dialect=services.dialects.named(DIALECT), principal=principal, noted=request.noted
    )


def _generated_secret(subscription: Subscription, services: ApiServices) -> str | None:
    """The secret that signs where the subscriber supplied none."""
    if subscription.dialect_fields["auth_type"] != "hmac":
        return None
    secret = services.secrets.master().signing_secret(subscription.id, subscription.secret_version)
    return standard_webhooks_secret(secret)


def _status(subscription: Subscription, services: ApiServices) -> str:
    if not subscription.enabled:
        return Status.INACTIVE
    return "error_disabled" if is_disabled(services.dialects.named(DIALECT), subscription) else Status.ACTIVE


def _first_members(subscription: Subscription, services: ApiServices) -> dict[str, Any]:
    return {
        "id": int(subscription.id),
        "subscription_type": subscription.event_name,
        "status": _status(subscription, services),
        "url": subscription.url,
        "payload_format": subscription.dialect_fields.get("payload_format", PayloadFormat.JSON),
        "auth_type": subscription.dialect_fields["auth_type"],
    }


def _told(subscription: Subscription, services: ApiServices) -> dict[str, Any]:
    """All members of the vendor's; secrets are shown once, when the subscription is made."""
    health = subscription.health
    return _first_members(subscription, services) | {
        "hmac_shared_secret": _MASK if subscription.dialect_fields["auth_type"] == "hmac" else None,
        "last_pushed_at": to_text(health.last_pushed_at) if health.last_pushed_at else None,
        "last_pushed_id": health.last_pushed_id,
        "error_count": health.error_count,
        "last_response_code": health.last_response_code,
        "last_response_message": health.last_response_message,
    }


_EXAMPLE = {
    "subscription_type": "shipment_tracking",
    "status": "active",
    "url": "https://example.com/webhooks",
    "payload_format": "xml",
    "auth_type": "hmac",
}
GROUP = RouteGroup(
    prefixes=("/api/v2/",),
    routes=(
        Route("POST", _PATH, create, operations.CREATE.taking(NewSubscription, example=_EXAMPLE)),
        Route("GET", _PATH, list_all, operations.LIST),
        Route("GET", f"{_PATH}/<subscription_id>", show, operations.SHOW),
        Route(
            "PUT",
            f"{_PATH}/<subscription_id>",
            update,
            operations.UPDATE.taking(SubscriptionChange, example={"status": "active"}),
        ),
        Route("DELETE", f"{_PATH}/<subscription_id>", delete, operations.DELETE),
    ),
    answer_error=answer_error,
    documentation=operations.DOCUMENTATION,
)
