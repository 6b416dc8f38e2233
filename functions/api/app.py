"""Routes requests, with Powertools' resolver, and answers errors in the dialect of the path."""

import logging
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler import Response as PowertoolsResponse
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from functions.api.http import Handle, Request, Response, RouteGroup
from parcelhook.collaborators import collaborator
from parcelhook.errors import MethodNotAllowedError, NotFoundError, ParcelhookError
from parcelhook.services.api import ApiServices
from parcelhook.telemetry import Lines

_LOGGER = logging.getLogger("parcelhook.api")
_SILENT = Lines(None)

Resolve = Callable[[dict[str, Any], Any], dict[str, Any]]


def build_app(services: ApiServices, groups: Sequence[RouteGroup], lines: Lines = _SILENT) -> Resolve:
    """An application that answers one API Gateway event at a time, and tells `lines` of each."""
    resolver = _Resolver()
    answerer = _Answerer(services, lines)
    for group in groups:
        for route in group.routes:
            endpoint = _endpoint(resolver, answerer, group, route.path, route.handle)
            resolver.route(route.path, method=route.method)(endpoint)
    resolver.not_found(_not_found(resolver, answerer, groups))
    return resolver.resolve


class _Resolver(APIGatewayHttpResolver):
    """Looks at its own event only. Powertools' resolvers all look at the newest one of the process."""

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        # On the instance, where it is found before the one that Powertools leaves on the class.
        self.current_event = APIGatewayProxyEventV2(event)
        return super().resolve(event, context)


def _endpoint(
    resolver: APIGatewayHttpResolver, answerer: "_Answerer", group: RouteGroup, path: str, handle: Handle
) -> Callable[..., PowertoolsResponse[bytes]]:
    def endpoint(**parameters: str) -> PowertoolsResponse[bytes]:
        return answerer.answer(group, _request(resolver, parameters, path), handle)

    return endpoint


def _not_found(
    resolver: APIGatewayHttpResolver, answerer: "_Answerer", groups: Sequence[RouteGroup]
) -> Callable[[RouteNotFoundError], PowertoolsResponse[bytes]]:
    def not_found(_: RouteNotFoundError) -> PowertoolsResponse[bytes]:
        request = _request(resolver, {}, None)
        # The resolver alone would say of a path that has only other methods that it does not exist.
        for group in groups:
            if methods := sorted({route.method for route in group.routes if _fits(route.path, request.path)}):
                return answerer.answer(group, request, partial(_refuse, methods))
        return answerer.answer(_group_of(request.path, groups), request, _no_such_path)

    return not_found


@collaborator
class _Answerer:
    """Answers a request, whatever becomes of it, and writes its line."""

    services: ApiServices
    lines: Lines

    def answer(self, group: RouteGroup, request: Request, handle: Handle) -> PowertoolsResponse[bytes]:
        began = self.services.clock.monotonic()
        error: ParcelhookError | None = None
        try:
            response = handle(request, self.services)
        except ParcelhookError as refusal:
            error = refusal
            response = group.answer_error(error, request)
        except Exception:
            error = ParcelhookError()
            response = group.answer_error(error, request)
            _LOGGER.exception("api.failed", extra={"request_id": request.id, "route": request.route})
        self._tell(request, response, error, self.services.clock.monotonic() - began)
        headers = {"x-request-id": request.id, **response.headers}
        return PowertoolsResponse(
            status_code=response.status,
            content_type=response.content_type,
            body=response.body.decode(),  # type: ignore[arg-type]
            headers=headers,
        )

    def _tell(self, request: Request, response: Response, error: ParcelhookError | None, seconds: float) -> None:
        told: dict[str, object] = {
            "route": f"{request.method} {request.route or '?'}",
            "status": response.status,
            "ms": round(seconds * 1000),
        }
        if error:
            # Who asks about a call, asks about one that was refused; and every byte is paid for.
            told |= {"error": type(error).__name__, "request_id": request.id}
        self.lines.tell("api.answered", told | request.noted)


def _request(resolver: APIGatewayHttpResolver, parameters: dict[str, str], route: str | None) -> Request:
    return Request.from_event(resolver.current_event.raw_event, parameters, str(uuid.uuid4()), route)


def _fits(pattern: str, path: str) -> bool:
    """Whether a route's path, whose `<name>` parts stand for anything, is this one."""
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        own == part or (part and own.startswith("<")) for own, part in zip(wanted, given, strict=True)
    )


def _refuse(methods: Sequence[str], request: Request, services: ApiServices) -> Response:
    if request.method in methods:
        return _no_such_path(request, services)
    raise MethodNotAllowedError(request.method, methods)


def _no_such_path(_: Request, __: ApiServices) -> Response:
    raise NotFoundError("There is nothing at this path.")


def _group_of(path: str, groups: Sequence[RouteGroup]) -> RouteGroup:
    """The group with the longest prefix of `path`."""
    fitting = [(len(prefix), group) for group in groups for prefix in group.prefixes if path.startswith(prefix)]
    return max(fitting, key=lambda pair: pair[0], default=(0, groups[0]))[1]
