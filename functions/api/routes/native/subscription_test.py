"""`/v1/subscriptions/{id}/test`: a sample is sent at once, and the answer tells what came back.

Nothing is written: no event, no delivery, no failure is counted.
"""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from functions.api.authentication import any_form
from functions.api.bodies import BodyModel, parse, refuse
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import subscription_test as operations
from functions.api.routes.native.shown_requests import shown
from functions.api.subscribers import Subscriber
from parcelhook.catalogue import sample
from parcelhook.catalogue.catalogue import validate
from parcelhook.errors import AttemptTimeoutError, ConflictError, Problem
from parcelhook.model.delivery import Delivery, DeliveryKey, DeliveryState
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.services.api import ApiServices

if TYPE_CHECKING:
    from parcelhook.delivery.attempts import Work
    from parcelhook.delivery.sender import Post

LONGEST_TEST_SECONDS = 25.0
"""API Gateway gives up after 30 s; what is left is for everything else."""
TEST_HEADER = "parcelhook-test"


class Test(BodyModel):
    """What to send: the catalogue's sample of the subscription's first event type, unless something else is said."""

    model_config = ConfigDict(extra="forbid")

    event_type: str | None = None
    data: dict[str, Any] | None = None


def send(request: Request, services: ApiServices) -> Response:
    """`POST`: 200 with what came back, also where nothing did. 409 where there are no events to send yet."""
    principal = any_form(request, services)
    request.allow_query()
    subscription_id = request.parameters["subscription_id"]
    dialect = services.dialects.owning(subscription_id)
    subscription = Subscriber(services=services, dialect=dialect, principal=principal, noted=request.noted).find(
        subscription_id
    )
    wanted = parse(Test, request.json_object() if request.body.strip() else {})
    event = _event(subscription, wanted, services)
    work = _work(subscription, event)
    attempter = services.attempter()
    post = _marked(attempter.post(work))
    result = asyncio.run(attempter.send(work, post))
    attempt = result.attempt
    request.noted["outcome"] = result.outcome
    return json_response(
        200,
        {
            "subscription_id": subscription.id,
            "event_type": event.type,
            "url": post.url,
            "status_code": attempt.status_code,
            "outcome": result.outcome,
            "duration_ms": attempt.duration_ms,
            "error": attempt.error,
            "message": _message(attempt.error, attempt.message, dialect.timeout_seconds),
            "response_body": attempt.response_body,
            "request": shown(post),
        },
        headers={"Cache-Control": "no-store"},
    )


def _event(subscription: Subscription, wanted: Test, services: ApiServices) -> Event:
    event_type = _event_type(subscription, wanted.event_type)
    data = sample(event_type) if wanted.data is None else validate(event_type, wanted.data)
    now = services.clock.now()
    return Event(
        ulid=services.ids.ulid(now),
        account_id=subscription.account_id,
        mode=subscription.mode,
        type=event_type,
        data=data,
        accepted_at=now,
        occurred_at=now,
    )


def _event_type(subscription: Subscription, wanted: str | None) -> EventType:
    covered = subscription.event_types
    if not covered:
        raise ConflictError(f"There are no events of {subscription.event_name} yet.")
    if wanted is None:
        return covered[0]
    if wanted not in covered:
        refuse([Problem("/event_type", f"This must be one of {', '.join(covered)}.")])
    return EventType(wanted)


def _work(subscription: Subscription, event: Event) -> "Work":
    from parcelhook.delivery.attempts import Work

    key = DeliveryKey(
        account_id=event.account_id, mode=event.mode, event_ulid=event.ulid, subscription_id=subscription.id
    )
    delivery = Delivery(
        key=key,
        event_id=event.id,
        event_type=event.type,
        dialect=subscription.dialect,
        url=subscription.url,
        state=DeliveryState.PENDING,
        created_at=event.accepted_at,
        updated_at=event.accepted_at,
    )
    return Work(delivery=delivery, event=event, subscription=subscription, message_id="")


def _marked(post: "Post") -> "Post":
    """What a test sends, which its receiver can tell from a delivery."""
    return replace(
        post,
        headers={**post.headers, TEST_HEADER: "true"},
        timeout_seconds=min(post.timeout_seconds, LONGEST_TEST_SECONDS),
    )


def _message(error: str | None, message: str | None, timeout_seconds: float) -> str | None:
    if error == AttemptTimeoutError.code and timeout_seconds > LONGEST_TEST_SECONDS:
        return f"{message} A test waits no longer; a delivery waits {timeout_seconds:g} s."
    return message


ROUTES = (
    Route(
        "POST",
        "/v1/subscriptions/<subscription_id>/test",
        send,
        operations.SEND.taking(Test, example={}, required=False),
    ),
)
