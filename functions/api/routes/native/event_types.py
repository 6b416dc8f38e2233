"""`/v1/event-types`: what may be published, and what subscribers of each dialect get for it."""

import json
from typing import Any

from functions.api.http import JSON, Request, Response, Route, json_response
from parcelhook.catalogue import describe, sample, schema
from parcelhook.dialects.base import Dialect
from parcelhook.model.account import Mode
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription
from parcelhook.services.api import ApiServices


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200, for everybody: nothing in it is anybody's."""
    request.allow_query()
    return json_response(200, {"event_types": [_event_type(each, services) for each in EventType]})


def _event_type(event_type: EventType, services: ApiServices) -> dict[str, Any]:
    return {
        "type": event_type,
        "description": describe(event_type),
        "schema": schema(event_type),
        "sample": sample(event_type),
        "dialects": {
            dialect.name: {"event": name, "body": _body(event_type, name, dialect, services)}
            for dialect in services.dialects.known
            for name, covered in dialect.event_names.items()
            if covered == (event_type,)
        },
    }


def _body(event_type: EventType, name: str, dialect: Dialect, services: ApiServices) -> object:
    """What a subscriber gets for the sample: as JSON, or as the text that it is."""
    now = services.clock.now()
    event = Event(
        ulid="01JD0000000000000000000000",
        account_id="",
        mode=Mode.LIVE,
        type=event_type,
        data=sample(event_type),
        accepted_at=now,
        occurred_at=now,
    )
    subscription = Subscription(
        id="",
        account_id="",
        mode=Mode.LIVE,
        dialect=dialect.name,
        event_name=name,
        event_types=(event_type,),
        url="",
        created_at=now,
        updated_at=now,
    )
    body = dialect.body(event, subscription)
    return json.loads(body.content) if body.content_type == JSON else body.content.decode()


ROUTES = (Route("GET", "/v1/event-types", list_all),)
