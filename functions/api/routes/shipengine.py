"""ShipEngine's `/v1/environment/webhooks`, as its OpenAPI 1.1 and its webhooks guide tell them."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from functions.api.authentication import api_key_header, identified
from functions.api.bodies import BodyModel, event_problems, header_faults, parse, refuse, url_problems
from functions.api.http import Request, Response, Route, RouteGroup, json_response
from functions.api.routes import shipengine_operations as operations
from functions.api.routes.shipengine_errors import answer_error
from functions.api.subscribers import Subscriber
from parcelhook.catalogue.fields import WholeOrTextId
from parcelhook.errors import MalformedIdError, Problem
from parcelhook.model.subscription import Headers, Subscription
from parcelhook.security.headers import MOST_HEADERS
from parcelhook.services.api import ApiServices

DIALECT = "shipengine"
_PATH = "/v1/environment/webhooks"
_LONGEST_NAME = 200


class WebhookHeader(BodyModel):
    """A header that the subscriber wants on each delivery."""

    key: str
    value: str


class WebhookUpdate(BodyModel):
    """What may be said of an existing webhook. Members that the vendor does not know are ignored, as by the vendor."""

    url: str
    name: str | None = Field(default=None, max_length=_LONGEST_NAME)
    store_id: WholeOrTextId | None = None
    headers: list[WebhookHeader] | None = Field(default=None, max_length=MOST_HEADERS)


class NewWebhook(WebhookUpdate):
    """What must be said of a new one."""

    event: str


def create(request: Request, services: ApiServices) -> Response:
    """`POST`: 200 with the webhook, 409 where the event has one."""
    subscriber = _subscriber(request, services)
    wanted = parse(NewWebhook, request.json_object())
    refuse(_problems(wanted, services) + event_problems(wanted.event, subscriber.dialect))
    subscription = subscriber.add(
        event_name=wanted.event, url=wanted.url, headers=_headers(wanted), dialect_fields=_fields(wanted)
    )
    return json_response(200, _webhook(subscription))


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with a bare array; switched off ones are in it too."""
    return json_response(200, [_webhook(subscription) for subscription in _subscriber(request, services).all()])


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200 with the webhook."""
    subscriber = _subscriber(request, services)
    return json_response(200, _webhook(subscriber.find(_webhook_id(request, subscriber))))


def update(request: Request, services: ApiServices) -> Response:
    """`PUT`: 204. The event cannot be changed, so one that is given is ignored."""
    subscriber = _subscriber(request, services)
    webhook_id = subscriber.find(_webhook_id(request, subscriber)).id
    wanted = parse(WebhookUpdate, request.json_object())
    refuse(_problems(wanted, services))
    subscriber.change(
        webhook_id,
        lambda before: replace(
            before,
            url=wanted.url,
            headers=before.headers if wanted.headers is None else _headers(wanted),
            dialect_fields={**before.dialect_fields, **_fields(wanted)},
        ),
    )
    return Response(status=204)


def delete(request: Request, services: ApiServices) -> Response:
    """`DELETE`: 204."""
    subscriber = _subscriber(request, services)
    subscriber.remove(_webhook_id(request, subscriber))
    return Response(status=204)


def _subscriber(request: Request, services: ApiServices) -> Subscriber:
    """Who calls. Raises `ForbiddenError`: webhooks are not even read with a sandbox key."""
    principal = identified(request, services, api_key_header(request))
    subscriber = Subscriber(
        services=services, dialect=services.dialects.named(DIALECT), principal=principal, noted=request.noted
    )
    subscriber.check_mode()
    return subscriber


def _webhook_id(request: Request, subscriber: Subscriber) -> str:
    webhook_id = request.parameters["webhook_id"]
    if not subscriber.dialect.owns_id(webhook_id):
        raise MalformedIdError(f"{webhook_id[:50]!r} is not an id of a webhook; they begin with se-.")
    return webhook_id


def _problems(wanted: WebhookUpdate, services: ApiServices) -> list[Problem]:
    problems = url_problems(wanted.url, services)
    for position, header in enumerate(wanted.headers or []):
        faults = header_faults(header.key, header.value, services)
        problems += [Problem(f"/headers/{position}/{member}", fault) for member, fault in faults.items()]
    return problems


def _headers(wanted: WebhookUpdate) -> Headers:
    return tuple((header.key, header.value) for header in wanted.headers or [])


def _fields(wanted: WebhookUpdate) -> dict[str, Any]:
    """What is kept for the vendor's own answers, as it was given."""
    fields = {"name": wanted.name, "store_id": wanted.store_id}
    return {name: value for name, value in fields.items() if value is not None}


def _webhook(subscription: Subscription) -> dict[str, Any]:
    webhook = {"webhook_id": subscription.id, "url": subscription.url, "event": subscription.event_name}
    headers = [{"key": key, "value": value} for key, value in subscription.headers]
    return webhook | dict(subscription.dialect_fields) | ({"headers": headers} if headers else {})


_EXAMPLE = {"event": "track", "url": "https://example.com/webhooks"}
GROUP = RouteGroup(
    prefixes=("/v1/environment/",),
    routes=(
        Route("POST", _PATH, create, operations.CREATE.taking(NewWebhook, example=_EXAMPLE)),
        Route("GET", _PATH, list_all, operations.LIST),
        Route("GET", f"{_PATH}/<webhook_id>", show, operations.SHOW),
        Route(
            "PUT",
            f"{_PATH}/<webhook_id>",
            update,
            operations.UPDATE.taking(WebhookUpdate, example={"url": _EXAMPLE["url"]}),
        ),
        Route("DELETE", f"{_PATH}/<webhook_id>", delete, operations.DELETE),
    ),
    answer_error=answer_error,
    documentation=operations.DOCUMENTATION,
)
