"""Requests and responses as routes see them, free of API Gateway and of any library."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from functions.api.documentation.operations import GroupDocumentation, Operation
from parcelhook.compact_json import to_json
from parcelhook.errors import BodyTooLargeError, InvalidRequestError, MalformedBodyError, ParcelhookError, Problem
from parcelhook.services.api import ApiServices
from parcelhook.values import value

JSON = "application/json"
LONGEST_BODY_BYTES = 64 * 1024


@value(kw_only=True)
class Request:
    """A request. Header names are in lower case."""

    method: str
    path: str
    parameters: Mapping[str, str]
    """Parts of the path that the route names."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    id: str
    """A UUID, which the answer and the log name too."""
    route: str | None = None
    """The path with names where it has parameters; None where there is no such path."""
    noted: dict[str, object] = field(default_factory=dict)
    """What the log line of the call says besides: ids of ours, never what a caller wrote."""

    @classmethod
    def from_event(
        cls, event: Mapping[str, Any], parameters: Mapping[str, str], request_id: str, route: str | None = None
    ) -> "Request":
        """What API Gateway's HTTP API tells of a request (payload format 2.0)."""
        body = event.get("body") or ""
        is_base64 = event.get("isBase64Encoded")
        return cls(
            method=event["requestContext"]["http"]["method"],
            path=event["rawPath"],
            parameters=parameters,
            query=event.get("queryStringParameters") or {},
            headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
            body=base64.b64decode(body) if is_base64 else body.encode(errors="surrogatepass"),
            id=request_id,
            route=route,
        )

    def json(self, *, limit: int = LONGEST_BODY_BYTES) -> Any:
        """The body as JSON, of at most `limit` bytes. Raises `MalformedBodyError` or `BodyTooLargeError`."""
        if len(self.body) > limit:
            raise BodyTooLargeError(f"The body may have at most {limit} bytes; it has {len(self.body)}.", limit=limit)
        if not self.body.strip():
            raise MalformedBodyError("The body is empty; JSON is required.")
        try:
            value = json.loads(self.body.decode(), parse_constant=_refuse_constant)
        except UnicodeDecodeError as error:
            raise MalformedBodyError("The body is not UTF-8.") from error
        except (ValueError, RecursionError) as error:
            raise MalformedBodyError("The body is not valid JSON.") from error
        return value

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises as `json` does."""
        value = self.json()
        if not isinstance(value, dict):
            raise MalformedBodyError("The body must be a JSON object.")
        return value

    def allow_query(self, *names: str) -> None:
        """Raises `InvalidRequestError` for a query parameter other than these."""
        unknown = [name for name in self.query if name not in names]
        if unknown:
            known = f"there are: {', '.join(names)}" if names else "this takes none"
            message = f"There is no such query parameter; {known}."
            raise InvalidRequestError([Problem(f"?{name[:100]}", message) for name in unknown])


@value(kw_only=True)
class Response:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(
    status: int, value: object, *, content_type: str = JSON, headers: Mapping[str, str] | None = None
) -> Response:
    """`value` as JSON."""
    body = to_json(value).encode(errors="replace")
    return Response(status=status, body=body, content_type=content_type, headers=headers or {})


def redirect(status: int, location: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Sends elsewhere. A `location` that is relative to the path leads there below any base path, too."""
    return Response(status=status, headers={"Location": location, **(headers or {})})


Handle = Callable[[Request, ApiServices], Response]


@value
class Route:
    """A method and a path, whose `<name>` parts become parameters, who answers it, and what it says of itself."""

    method: str
    path: str
    handle: Handle
    operation: Operation


@value(kw_only=True)
class RouteGroup:
    """Routes that answer in one manner. What lies under `prefixes` and does not exist is refused in it too."""

    prefixes: Sequence[str]
    routes: Sequence[Route]
    answer_error: Callable[[ParcelhookError, Request], Response]
    """An error as this group tells it. Any other than ours becomes a `ParcelhookError` first."""
    documentation: GroupDocumentation


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
