"""`/v1/event-types`: what may be published, and what subscribers of each dialect get for it."""

from typing import Any

from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import event_types as operations
from functions.api.sample_bodies import sample_body
from parcelhook.catalogue import describe, sample, schema
from parcelhook.model.event import PUBLISHABLE, EventType
from parcelhook.services.api import ApiServices


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200, for everybody: nothing in it is anybody's."""
    request.allow_query()
    return json_response(200, {"event_types": [_event_type(each, services) for each in EventType]})


def _event_type(event_type: EventType, services: ApiServices) -> dict[str, Any]:
    return {
        "type": event_type,
        "publishable": event_type in PUBLISHABLE,
        "description": describe(event_type),
        "schema": schema(event_type),
        "sample": sample(event_type),
        "dialects": {
            dialect.name: {"event": name, "body": sample_body(dialect, name, event_type, now=services.clock.now())[1]}
            for dialect in services.dialects.known
            for name, covered in dialect.event_names.items()
            if covered == (event_type,)
        },
    }


ROUTES = (Route("GET", "/v1/event-types", list_all, operations.LIST),)
