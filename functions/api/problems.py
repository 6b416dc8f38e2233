"""Our own routes' errors: problem details (RFC 9457). The one place that gives them HTTP statuses."""

from collections.abc import Mapping
from typing import Any, TypeVar

from functions.api.http import Request, Response, json_response
from parcelhook import errors
from parcelhook.errors import ParcelhookError

Told = TypeVar("Told")

CONTENT_TYPE = "application/problem+json"

# By class: status, and a title that is the same for every problem of the kind.
_KINDS: Mapping[type[ParcelhookError], tuple[int, str]] = {
    errors.MalformedBodyError: (400, "Malformed body"),
    errors.BodyTooLargeError: (413, "Body too large"),
    errors.InvalidRequestError: (422, "Invalid request"),
    errors.UnauthenticatedError: (401, "Unauthenticated"),
    errors.ForbiddenError: (403, "Forbidden"),
    errors.NotFoundError: (404, "Not found"),
    errors.MethodNotAllowedError: (405, "Method not allowed"),
    # No 5xx: what runs in a circle would only be tried again.
    errors.LoopError: (422, "Loop"),
    errors.TooManyEventsError: (429, "Too many events"),
    errors.ConflictError: (409, "Conflict"),
    errors.UnavailableError: (503, "Unavailable for now"),
    ParcelhookError: (500, "Internal error"),
}


def answer(error: ParcelhookError, request: Request) -> Response:
    """`error` as problem details."""
    status, title = told_of(error, _KINDS)
    is_ours = status == 500
    detail = "Something went wrong on our side; the request id finds it in the log." if is_ours else str(error)
    problem: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return json_response(
        status,
        problem | _members(error) | {"request_id": request.id},
        content_type=CONTENT_TYPE,
        headers=error_headers(error),
    )


def title_of(kind: type[ParcelhookError]) -> str:
    """What errors of this kind are called."""
    return told_of_kind(kind, _KINDS)[1]


def status_of(kind: type[ParcelhookError]) -> int:
    """The HTTP status of errors of this kind."""
    return told_of_kind(kind, _KINDS)[0]


def told_of(error: ParcelhookError, kinds: Mapping[type[ParcelhookError], Told]) -> Told:
    """What a table of errors tells of `error`. The first kind that fits counts, so `ParcelhookError` comes last."""
    return told_of_kind(type(error), kinds)


def told_of_kind(error: type[ParcelhookError], kinds: Mapping[type[ParcelhookError], Told]) -> Told:
    """What a table of errors tells of all errors of one kind."""
    return next(told for kind, told in kinds.items() if issubclass(error, kind))


def error_headers(error: ParcelhookError) -> dict[str, str]:
    """Headers that HTTP itself asks for with an error, whatever the dialect."""
    match error:
        case errors.UnavailableError() | errors.TooManyEventsError():
            return {"Retry-After": str(error.retry_after_seconds)}
        case errors.MethodNotAllowedError():
            return {"Allow": ", ".join(error.allowed)}
        case _:
            return {}


def _members(error: ParcelhookError) -> dict[str, Any]:
    match error:
        case errors.InvalidRequestError():
            problems = [{"pointer": problem.pointer, "detail": problem.message} for problem in error.problems]
            return {"detail": _count(len(problems)), "errors": problems}
        case errors.BodyTooLargeError() | errors.EventIdReusedError() if error.pointer:
            return {"errors": [{"pointer": error.pointer, "detail": str(error)}]}
        case errors.SubscriptionExistsError() if error.subscription_id:
            return {"subscription_id": error.subscription_id}
        case _:
            return {}


def _count(number: int) -> str:
    return "One thing in the request is not accepted." if number == 1 else f"{number} things are not accepted."
