"""`/v1/subscriptions`: subscriptions of all dialects in one form, switched on and off, and their secrets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from functions.api.authentication import any_form
from functions.api.bodies import BodyModel, event_problems, parse, refuse
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.endpoint_condition import RateLimitChange, endpoint_members, rate_limit
from functions.api.routes.native.operations import subscriptions as operations
from functions.api.routes.native.subscription_rules import (
    Headers,
    dialect_named,
    header_problems,
    milestone_problems,
    pairs,
    place_problems,
)
from functions.api.subscribers import Subscriber
from parcelhook.clock import to_text
from parcelhook.dialects.base import is_disabled
from parcelhook.model.delivery import RetryPolicy
from parcelhook.model.milestones import Milestone
from parcelhook.model.subscription import Subscription
from parcelhook.security.signing import standard_webhooks_secret
from parcelhook.services.api import ApiServices

# So long does the secret before still sign, so that receivers can change over without losing a delivery.
ROTATION_OVERLAP = timedelta(hours=24)


Milestones = Annotated[list[Annotated[Milestone, Field(strict=False)]], Field(min_length=1)]


class RetryPolicyChange(BodyModel):
    """How often, and how far apart."""

    model_config = ConfigDict(extra="forbid")

    attempts: int = Field(ge=1, le=10)
    interval_seconds: int = Field(ge=60, le=86_400)


class SubscriptionChange(BodyModel):
    """What may be changed of a subscription of any dialect."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool | None = None
    url: str | None = None
    headers: Headers | None = None
    retry_policy: RetryPolicyChange | None = None
    milestones: Milestones | None = None
    drop_superseded: bool | None = None
    rate_limit: RateLimitChange | None = None


class NewSubscription(BodyModel):
    """What must be said of a new one, in whichever dialect."""

    model_config = ConfigDict(extra="forbid")

    dialect: str
    event: str
    url: str
    enabled: bool = True
    headers: Headers | None = None
    retry_policy: RetryPolicyChange | None = None
    milestones: Milestones | None = None
    drop_superseded: bool = False
    rate_limit: RateLimitChange | None = None


def create(request: Request, services: ApiServices) -> Response:
    """`POST`: 201 with the subscription, 409 where its dialect has one for an event and that is taken.

    What only one vendor asks for is as that vendor has it by default; its own routes change it.
    """
    principal = any_form(request, services)
    request.allow_query()
    wanted = parse(NewSubscription, request.json_object())
    dialect = dialect_named(wanted.dialect, services)
    subscriber = Subscriber(services=services, dialect=dialect, principal=principal, noted=request.noted)
    subscriber.check_mode()
    refuse(
        event_problems(wanted.event, dialect)
        + place_problems(wanted.url, dialect, services)
        + header_problems(wanted.headers, services)
    )
    refuse(milestone_problems(wanted.milestones, dialect.event_names[wanted.event]))
    subscription = subscriber.add(
        event_name=wanted.event,
        url=wanted.url,
        enabled=wanted.enabled,
        headers=pairs(wanted.headers),
        retry_policy=_policy(wanted.retry_policy),
        milestones=_milestones(wanted.milestones),
        drop_superseded=wanted.drop_superseded,
        rate_limit=rate_limit(wanted.rate_limit),
        dialect_fields=dialect.default_fields,
    )
    location = {"Location": f"/v1/subscriptions/{subscription.id}"}
    return json_response(201, _subscription(subscription, services), headers=location)


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

    A `retry_policy` of null brings the vendor's own rule back, `headers` of null mean none, a `rate_limit` of null
    takes the limits away. `enabled` of true forgets the failures that disabled it, and sends what was held.
    """
    request.allow_query()
    subscriber = _subscriber(request, services)
    before = subscriber.find(_id(request))
    subscription_id = before.id
    wanted = parse(SubscriptionChange, request.json_object())
    about_url = place_problems(wanted.url, subscriber.dialect, services) if wanted.url is not None else []
    about_milestones = milestone_problems(wanted.milestones, before.event_types)
    refuse(about_url + header_problems(wanted.headers, services) + about_milestones)
    changed = subscriber.change(subscription_id, lambda before: _changed(before, wanted))
    if wanted.enabled and subscriber.dialect.disable_after is not None:
        subscriber.resume(changed)
        changed = subscriber.find(subscription_id)
    return json_response(200, _subscription(changed, services))


def delete(request: Request, services: ApiServices) -> Response:
    """`DELETE`: 204."""
    request.allow_query()
    subscriber = _subscriber(request, services)
    subscriber.remove(_id(request))
    return Response(status=204)


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
    """`POST`: 200 with the new secret; the one before signs too for 24 hours. Two calls at once rotate it once."""
    request.allow_query()
    subscriber = _subscriber(request, services)
    replaced = subscriber.find(_id(request)).secret_version
    until = services.clock.now() + ROTATION_OVERLAP

    def rotated(before: Subscription) -> Subscription:
        # A second rotation on top of somebody else's would end the overlap that the first promises.
        if before.secret_version != replaced:
            return before
        return replace(before, secret_version=replaced + 1, previous_secret_until=until)

    changed = subscriber.change(_id(request), rotated)
    secret = services.secrets.master().signing_secret(changed.id, changed.secret_version)
    return json_response(
        200,
        {
            "secret": standard_webhooks_secret(secret),
            "version": changed.secret_version,
            "previous_signs_until": to_text(changed.previous_secret_until or until),
        },
        headers={"Cache-Control": "no-store"},
    )


def _policy(wanted: RetryPolicyChange | None) -> RetryPolicy | None:
    """As the subscription keeps it."""
    if wanted is None:
        return None
    return RetryPolicy(attempts=wanted.attempts, interval=timedelta(seconds=wanted.interval_seconds))


def _changed(before: Subscription, wanted: SubscriptionChange) -> Subscription:
    return replace(
        before,
        enabled=before.enabled if wanted.enabled is None else wanted.enabled,
        url=wanted.url or before.url,
        headers=pairs(wanted.headers) if "headers" in wanted.model_fields_set else before.headers,
        retry_policy=_policy(wanted.retry_policy) if "retry_policy" in wanted.model_fields_set else before.retry_policy,
        milestones=_milestones(wanted.milestones) if "milestones" in wanted.model_fields_set else before.milestones,
        drop_superseded=before.drop_superseded if wanted.drop_superseded is None else wanted.drop_superseded,
        rate_limit=rate_limit(wanted.rate_limit) if "rate_limit" in wanted.model_fields_set else before.rate_limit,
    )


def _milestones(wanted: Sequence[Milestone] | None) -> tuple[Milestone, ...] | None:
    return None if wanted is None else tuple(dict.fromkeys(wanted))


def _id(request: Request) -> str:
    return request.parameters["subscription_id"]


def _subscriber(request: Request, services: ApiServices) -> Subscriber:
    """Who calls, seen through the dialect that the id in the path is of. Raises `NotFoundError`."""
    principal = any_form(request, services)
    return Subscriber(
        services=services, dialect=services.dialects.owning(_id(request)), principal=principal, noted=request.noted
    )


def _subscription(subscription: Subscription, services: ApiServices) -> dict[str, Any]:
    dialect = services.dialects.named(subscription.dialect)
    policy, health = subscription.retry_policy or dialect.retry_policy, subscription.health
    return {
        "id": subscription.id,
        "dialect": subscription.dialect,
        "event": subscription.event_name,
        "event_types": subscription.event_types,
        "mode": subscription.mode,
        "url": subscription.url,
        "headers": dict(subscription.headers),
        "dialect_fields": dict(subscription.dialect_fields),
        "enabled": subscription.enabled,
        "disabled_by_failures": is_disabled(dialect, subscription),
        "retry_policy": {
            "attempts": policy.attempts,
            "interval_seconds": int(policy.interval.total_seconds()),
            "is_default": subscription.retry_policy is None,
        },
        "milestones": subscription.milestones,
        "drop_superseded": subscription.drop_superseded,
        "health": {
            "error_count": health.error_count,
            "last_response_code": health.last_response_code,
            "last_response_message": health.last_response_message,
            "last_delivered_at": to_text(health.last_pushed_at) if health.last_pushed_at else None,
        },
        **endpoint_members(subscription, services.clock.now()),
        "created_at": to_text(subscription.created_at),
        "updated_at": to_text(subscription.updated_at),
    }


_EXAMPLE = {"dialect": "shipengine", "event": "track", "url": "https://example.com/webhooks"}
ROUTES = (
    Route("GET", "/v1/subscriptions", list_all, operations.LIST),
    Route("POST", "/v1/subscriptions", create, operations.CREATE.taking(NewSubscription, example=_EXAMPLE)),
    Route("GET", "/v1/subscriptions/<subscription_id>", show, operations.SHOW),
    Route(
        "PATCH",
        "/v1/subscriptions/<subscription_id>",
        change,
        operations.CHANGE.taking(SubscriptionChange, example={"enabled": False}),
    ),
    Route("DELETE", "/v1/subscriptions/<subscription_id>", delete, operations.DELETE),
    Route("GET", "/v1/subscriptions/<subscription_id>/secret", show_secret, operations.SHOW_SECRET),
    Route("POST", "/v1/subscriptions/<subscription_id>/rotate-secret", rotate_secret, operations.ROTATE_SECRET),
)
