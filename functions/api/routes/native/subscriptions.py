"""`/v1/subscriptions`: subscriptions of all dialects in one form, switched on and off, and their secrets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from functions.api.authentication import any_form
from functions.api.bodies import parse
from functions.api.http import Request, Response, Route, json_response
from functions.api.subscribers import Subscriber
from parcelhook.clock import to_text
from parcelhook.dialects.base import is_disabled
from parcelhook.model.delivery import RetryPolicy
from parcelhook.model.subscription import Subscription
from parcelhook.security.signing import standard_webhooks_secret
from parcelhook.services.api import ApiServices

# So long does the secret before still sign, so that receivers can change over without losing a delivery.
ROTATION_OVERLAP = timedelta(hours=24)


class RetryPolicyChange(BaseModel):
    """How often, and how far apart."""

    model_config = ConfigDict(strict=True, extra="forbid")

    attempts: int = Field(ge=1, le=10)
    interval_seconds: int = Field(ge=60, le=86_400)


class SubscriptionChange(BaseModel):
    """What may be changed of a subscription of any dialect."""

    model_config = ConfigDict(strict=True, extra="forbid")

    enabled: bool | None = None
    retry_policy: RetryPolicyChange | None = None


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with all subscriptions of the key's mode, oldest first."""
    principal = any_form(request, services)
    request.allow_query()
    found = services.registry.subscriptions(principal.account_id, principal.mode)
    return json_response(200, {"subscriptions": [_subscription(each, services) for each in found]})


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200."""
    request.allow_query()
    subscriber = _subscriber(request, services)
    return json_response(200, _subscription(subscriber.find(_id(request)), services))


def change(request: Request, services: ApiServices) -> Response:
    """`PATCH`: 200 with the subscription. It keeps its URL while it is switched off.

    A `retry_policy` of null brings the vendor's own rule back.
    """
    request.allow_query()
    subscriber = _subscriber(request, services)
    subscription_id = subscriber.find(_id(request)).id
    wanted = parse(SubscriptionChange, request.json_object())
    changed = subscriber.change(subscription_id, lambda before: _changed(before, wanted))
    return json_response(200, _subscription(changed, services))


def show_secret(request: Request, services: ApiServices) -> Response:
    """`GET` of the signing secret: 200, in the form that Standard Webhooks libraries take."""
    request.allow_query()
    subscription = _subscriber(request, services).find(_id(request))
    secret = services.secrets.master().signing_secret(subscription.id, subscription.secret_version)
    return json_response(
        200,
        {"secret": standard_webhooks_secret(secret), "version": subscription.secret_version},
        headers={"Cache-Control": "no-store"},
    )


def rotate_secret(request: Request, services: ApiServices) -> Response:
    """`POST`: 200 with the new secret; the one before signs too for 24 hours."""
    request.allow_query()
    subscriber = _subscriber(request, services)
    before, now = subscriber.find(_id(request)), services.clock.now()
    until, version = now + ROTATION_OVERLAP, before.secret_version + 1
    after = replace(before, secret_version=version, previous_secret_until=until, updated_at=now)
    # Written once, or not at all: a second rotation on top would end the overlap that the first promises.
    changed = services.registry.change_subscription(before, after, subscriber.dialect.slot)
    secret = services.secrets.master().signing_secret(changed.id, changed.secret_version)
    return json_response(
        200,
        {
            "secret": standard_webhooks_secret(secret),
            "version": changed.secret_version,
            "previous_signs_until": to_text(until),
        },
        headers={"Cache-Control": "no-store"},
    )


def _policy(wanted: SubscriptionChange) -> RetryPolicy | None:
    policy = wanted.retry_policy
    return (
        RetryPolicy(attempts=policy.attempts, interval=timedelta(seconds=policy.interval_seconds)) if policy else None
    )


def _changed(before: Subscription, wanted: SubscriptionChange) -> Subscription:
    return replace(
        before,
        enabled=before.enabled if wanted.enabled is None else wanted.enabled,
        retry_policy=_policy(wanted) if "retry_policy" in wanted.model_fields_set else before.retry_policy,
    )


def _id(request: Request) -> str:
    return request.parameters["subscription_id"]


def _subscriber(request: Request, services: ApiServices) -> Subscriber:
    """Who calls, seen through the dialect that the id in the path is of. Raises `NotFoundError`."""
    principal = any_form(request, services)
    return Subscriber(services=services, dialect=services.dialects.owning(_id(request)), principal=principal)


def _subscription(subscription: Subscription, services: ApiServices) -> dict[str, Any]:
    dialect = services.dialects.named(subscription.dialect)
    policy = subscription.retry_policy or dialect.retry_policy
    return {
        "id": subscription.id,
        "dialect": subscription.dialect,
        "event": subscription.event_name,
        "event_types": subscription.event_types,
        "mode": subscription.mode,
        "url": subscription.url,
        "enabled": subscription.enabled,
        "disabled_by_failures": is_disabled(dialect, subscription),
        "retry_policy": {
            "attempts": policy.attempts,
            "interval_seconds": int(policy.interval.total_seconds()),
            "is_default": subscription.retry_policy is None,
        },
        "created_at": to_text(subscription.created_at),
        "updated_at": to_text(subscription.updated_at),
    }


ROUTES = (
    Route("GET", "/v1/subscriptions", list_all),
    Route("GET", "/v1/subscriptions/<subscription_id>", show),
    Route("PATCH", "/v1/subscriptions/<subscription_id>", change),
    Route("GET", "/v1/subscriptions/<subscription_id>/secret", show_secret),
    Route("POST", "/v1/subscriptions/<subscription_id>/rotate-secret", rotate_secret),
)
