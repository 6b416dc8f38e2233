"""Routes requests, with Powertools' resolver, and answers errors in the dialect of the path."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler import Response as PowertoolsResponse
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError

from functions.api.http import Request, Response, Route, RouteGroup
from parcelhook.errors import MethodNotAllowedError, NotFoundError, ParcelhookError
from parcelhook.services.api import ApiServices

_LOGGER = logging.getLogger("parcelhook.api")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

Resolve = Callable[[dict[str, Any], Any], dict[str, Any]]


def build_app(services: ApiServices, groups: Sequence[RouteGroup]) -> Resolve:
    """An application that answers one API Gateway event at a time."""
    resolver = APIGatewayHttpResolver()
    for group in groups:
        for route in (*group.routes, *_refusals(group.routes)):
            resolver.route(route.path, method=route.method)(_endpoint(resolver, services, group, route))
    resolver.not_found(_not_found(resolver, groups))
    return resolver.resolve


def _endpoint(
    resolver: APIGatewayHttpResolver, services: ApiServices, group: RouteGroup, route: Route
) -> Callable[..., PowertoolsResponse[bytes]]:
    def endpoint(**parameters: str) -> PowertoolsResponse[bytes]:
        request = _request(resolver, parameters)
        return _answered(group, request, lambda: route.handle(request, services))

    return endpoint


def _not_found(
    resolver: APIGatewayHttpResolver, groups: Sequence[RouteGroup]
) -> Callable[[RouteNotFoundError], PowertoolsResponse[bytes]]:
    def not_found(_: RouteNotFoundError) -> PowertoolsResponse[bytes]:
        request = _request(resolver, {})
        return _answered(_group_of(request.path, groups), request, _no_such_path)

    return not_found


def _answered(group: RouteGroup, request: Request, handle: Callable[[], Response]) -> PowertoolsResponse[bytes]:
    try:
        response = handle()
    except ParcelhookError as error:
        response = group.answer_error(error, request)
        _LOGGER.info("api.refused", extra=_described(request, response) | {"error": type(error).__name__})
    except Exception:
        response = group.answer_error(ParcelhookError(), request)
        _LOGGER.exception("api.failed", extra=_described(request, response))
    else:
        _LOGGER.info("api.answered", extra=_described(request, response))
    headers = {"x-request-id": request.id, **response.headers}
    return PowertoolsResponse(
        status_code=response.status,
        content_type=response.content_type,
        body=response.body.decode(),  # type: ignore[arg-type]
        headers=headers,
    )


def _described(request: Request, response: Response) -> dict[str, Any]:
    return {"request_id": request.id, "method": request.method, "path": request.path, "status": response.status}


def _request(resolver: APIGatewayHttpResolver, parameters: dict[str, str]) -> Request:
    return Request.from_event(resolver.current_event.raw_event, parameters, str(uuid.uuid4()))


def _refusals(routes: Sequence[Route]) -> list[Route]:
    """For each path the methods that it does not have: the resolver alone would say that there is no such path."""
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for route in routes:
        methods[route.path].add(route.method)
    return [
        Route(method, path, _refuse(sorted(allowed)))
        for path, allowed in methods.items()
        for method in _METHODS
        if method not in allowed
    ]


def _refuse(allowed: Sequence[str]) -> Callable[[Request, ApiServices], Response]:
    def refuse(request: Request, _: ApiServices) -> Response:
        raise MethodNotAllowedError(request.method, allowed)

    return refuse


def _no_such_path() -> Response:
    raise NotFoundError("There is nothing at this path.")


def _group_of(path: str, groups: Sequence[RouteGroup]) -> RouteGroup:
    """The group with the longest prefix of `path`."""
    fitting = [(len(prefix), group) for group in groups for prefix in group.prefixes if path.startswith(prefix)]
    return max(fitting, key=lambda pair: pair[0], default=(0, groups[0]))[1]
