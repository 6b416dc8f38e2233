"""`/v1/subscriptions/{id}/recover` and `/v1/recoveries`: many deliveries of a subscription again."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema

from functions.api.authentication import any_form
from functions.api.bodies import BodyModel, parse, refuse
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import recoveries as operations
from functions.api.routes.native.sendable import refuse_unsendable
from functions.api.subscribers import Subscriber
from parcelhook.catalogue import moments
from parcelhook.clock import to_text
from parcelhook.errors import NotFoundError, Problem
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.recovery import Recovery, RecoveryKey, parse_recovery_id
from parcelhook.services.api import ApiServices


def _moment(value: object) -> datetime:
    return moments.instant(moments.moment(value))


Moment = Annotated[datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
State = Annotated[DeliveryState, Field(strict=False)]
DEFAULT_STATES = (DeliveryState.DISCARDED, DeliveryState.HELD)


class Wanted(BodyModel):
    """What is to be sent again."""

    model_config = ConfigDict(extra="forbid")

    since: Moment
    until: Moment | None = None
    states: list[State] = Field(default=list(DEFAULT_STATES), min_length=1)
    dry_run: bool = False


def recover(request: Request, services: ApiServices) -> Response:
    """`POST`: 202 with a recovery; for a `dry_run` 200 with how much it would be.

    409 where the subscription is switched off or disabled, or has a recovery that runs.
    """
    request.allow_query()
    subscriber = _subscriber(request, services)
    subscription = subscriber.find(request.parameters["subscription_id"])
    wanted = parse(Wanted, request.json_object())
    refuse(_problems(wanted, services.clock.now()))
    draft = services.recoveries.draft(subscription, wanted.since, wanted.until, wanted.states)
    if wanted.dry_run:
        estimate = services.recoveries.estimate(draft)
        told = {"deliveries": estimate.deliveries, "seconds": estimate.seconds, "cost_usd": str(estimate.cost_usd)}
        return json_response(200, {"dry_run": True} | told)
    refuse_unsendable(subscriber, subscription.id)
    recovery = services.recoveries.start(draft)
    request.noted["recovery_id"] = recovery.key.id
    return json_response(202, _recovery(recovery), headers={"Location": f"/v1/recoveries/{recovery.key.id}"})


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET` of a subscription's: 200 with the latest, newest first."""
    request.allow_query()
    subscription = _subscriber(request, services).find(request.parameters["subscription_id"])
    found = services.recoveries.of_subscription(subscription)
    return json_response(200, {"recoveries": [_recovery(each) for each in found]})


def show(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with how far it has come."""
    request.allow_query()
    return json_response(200, _recovery(services.recoveries.find(_key(request, services))))


def cancel(request: Request, services: ApiServices) -> Response:
    """`POST`: 200 with the recovery. One that has ended stays as it is."""
    request.allow_query()
    return json_response(200, _recovery(services.recoveries.cancel(_key(request, services))))


def _problems(wanted: Wanted, now: datetime) -> list[Problem]:
    if wanted.since > now:
        return [Problem("/since", "This must not lie in the future.")]
    if wanted.until is not None and wanted.until <= wanted.since:
        return [Problem("/until", "This must be after `since`.")]
    return []


def _subscriber(request: Request, services: ApiServices) -> Subscriber:
    principal = any_form(request, services)
    dialect = services.dialects.owning(request.parameters["subscription_id"])
    return Subscriber(services=services, dialect=dialect, principal=principal, noted=request.noted)


def _key(request: Request, services: ApiServices) -> RecoveryKey:
    principal, text = any_form(request, services), request.parameters["recovery_id"]
    key = parse_recovery_id(text, principal.account_id, principal.mode)
    if key is None:
        raise NotFoundError(f"There is no recovery {text[:100]}.")
    request.noted["recovery_id"] = key.id
    return key


def _recovery(recovery: Recovery) -> dict[str, Any]:
    return {
        "id": recovery.key.id,
        "subscription_id": recovery.subscription_id,
        "since": to_text(recovery.since),
        "until": to_text(recovery.until) if recovery.until else None,
        "states": recovery.states,
        "state": recovery.state,
        "found": recovery.found,
        "queued": recovery.queued,
        "created_at": to_text(recovery.created_at),
        "updated_at": to_text(recovery.updated_at),
    }


_EXAMPLE = {"since": "2026-01-05T00:00:00Z", "states": ["discarded"], "dry_run": True}
ROUTES = (
    Route(
        "POST",
        "/v1/subscriptions/<subscription_id>/recover",
        recover,
        operations.RECOVER.taking(Wanted, example=_EXAMPLE),
    ),
    Route("GET", "/v1/subscriptions/<subscription_id>/recoveries", list_all, operations.LIST),
    Route("GET", "/v1/recoveries/<recovery_id>", show, operations.SHOW),
    Route("POST", "/v1/recoveries/<recovery_id>/cancel", cancel, operations.CANCEL),
)
