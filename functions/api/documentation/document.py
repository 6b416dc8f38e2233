"""Builds the OpenAPI 3.1 document from the routes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.api.documentation.components import Components
from functions.api.documentation.examples import example_of
from functions.api.documentation.operations import JSON, SECURITY_SCHEMES, Answer, Body, Operation
from functions.api.documentation.schemas import TEXT, Schema
from functions.api.documentation.tags import TAGS
from functions.api.http import Route, RouteGroup
from functions.api.problems import title_of
from parcelhook.catalogue.catalogue import schema_of_model
from parcelhook.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    MalformedBodyError,
    NotFoundError,
    ParcelhookError,
    TooManyEventsError,
    UnauthenticatedError,
    UnavailableError,
)

VERSION = "1"
_DESCRIPTION = """Sends shipping webhooks in the forms of ShipEngine, Shippo and eHub.

Events are published once; every subscription gets them as its vendor's webhooks would be. The routes of a vendor answer
as that vendor does, errors included. Parcelhook's own routes tell errors as problem details (RFC 9457) and refuse
members and query parameters that they do not know.

A key works in the header of any vendor on Parcelhook's own routes, and in its vendor's header on a vendor's. It belongs
to one account, and is live or test: neither sees the other's events and subscriptions."""
_REQUEST_ID = {"description": "Names the request in the log.", "schema": {"type": "string", "format": "uuid"}}
_RETRY_AFTER = {"description": "Seconds after which to call again.", "schema": {"type": "integer", "minimum": 1}}
_WAITING = (UnavailableError, TooManyEventsError)


def build_document(groups: Sequence[RouteGroup], webhooks: Mapping[str, Any]) -> dict[str, Any]:
    """The whole document. Answers the same for the same routes."""
    components = Components()
    paths: dict[str, dict[str, Any]] = {}
    for group in groups:
        for route in group.routes:
            path = re.sub(r"<(\w+)>", r"{\1}", route.path)
            paths.setdefault(path, {})[route.method.lower()] = _operation(group, route, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parcelhook",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "Where this document comes from."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": dict(sorted(components.schemas.items())),
            "securitySchemes": SECURITY_SCHEMES,
            "headers": {"RequestId": _REQUEST_ID, "RetryAfter": _RETRY_AFTER},
        },
    }


def operation_id(route: Route) -> str:
    """Unique, and the same as long as method and path are."""
    words = re.findall(r"\w+", route.path.replace("_", " ")) or ["root"]
    slash = "_slash" if len(route.path) > 1 and route.path.endswith("/") else ""
    return "_".join([route.method.lower(), *words]) + slash


def _operation(group: RouteGroup, route: Route, components: Components) -> dict[str, Any]:
    operation, prefix = route.operation, group.documentation.name
    told: dict[str, Any] = {
        "operationId": operation_id(route),
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [*_path_parameters(group, route), *_parameters(operation, components)],
        "requestBody": _body(operation.body, components, prefix) if operation.body else None,
        "responses": dict(sorted(_responses(group, route, components).items())),
        "security": [] if operation.is_public else [{name: []} for name in group.documentation.security],
    }
    return {name: value for name, value in told.items() if value or name == "security"}


def _path_parameters(group: RouteGroup, route: Route) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"<(\w+)>", route.path):
        schema = group.documentation.path_parameters[name]
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _parameters(operation: Operation, components: Components) -> Iterator[dict[str, Any]]:
    for parameter in operation.parameters:
        yield {
            "name": parameter.name,
            "in": parameter.place,
            "description": parameter.description,
            "schema": components.referring(parameter.schema),
        }


def _body(body: Body, components: Components, prefix: str) -> dict[str, Any]:
    media = {"schema": _body_schema(body, components, prefix), "example": body.example}
    return {"required": body.required, "content": dict.fromkeys(body.content_types, media)}


def _body_schema(body: Body, components: Components, prefix: str) -> Schema:
    match body.schema:
        case dict():
            return components.referring(body.schema)
        case type():
            return components.named(body.schema.__name__, schema_of_model(body.schema), prefix=prefix)
        case make:
            return components.referring(make())


def _responses(group: RouteGroup, route: Route, components: Components) -> dict[str, Any]:
    responses = {str(status): _success(answer, components) for status, answer in route.operation.answers.items()}
    form = group.documentation.errors
    kinds: dict[int, list[type[ParcelhookError]]] = {}
    for error in _errors(group, route):
        kinds.setdefault(form.status(error), []).append(error)
    for status, errors in kinds.items():
        headers: dict[str, Any] = dict(form.headers)
        if any(issubclass(error, _WAITING) for error in errors):
            headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
        response = {
            "description": "; ".join(dict.fromkeys(title_of(error) for error in errors)) + ".",
            "headers": _headers(headers),
        }
        if route.method != "HEAD":
            response["content"] = {form.content_type: {"schema": components.referring(form.schema)}}
        responses[str(status)] = response
    return responses


def _errors(group: RouteGroup, route: Route) -> Iterator[type[ParcelhookError]]:
    operation = route.operation
    if "<" in route.path:
        yield NotFoundError
    if operation.body:
        yield from (MalformedBodyError, BodyTooLargeError, InvalidRequestError)
    if not operation.is_public:
        yield from (UnauthenticatedError, UnavailableError, *group.documentation.common_errors)
    yield from operation.errors
    yield ParcelhookError


def _success(answer: Answer, components: Components) -> dict[str, Any]:
    headers = {name: {"description": text, "schema": TEXT} for name, text in answer.headers.items()}
    told: dict[str, Any] = {"description": answer.description, "headers": _headers(headers)}
    if answer.schema is not None:
        media = {"schema": components.referring(answer.schema)}
        if answer.content_types == (JSON,):
            media["example"] = example_of(answer.schema)
        told["content"] = dict.fromkeys(answer.content_types, media)
    return told


def _headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {"x-request-id": {"$ref": "#/components/headers/RequestId"}, **headers}
