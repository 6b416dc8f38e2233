"""Shippo's errors: those of Django REST. The one place that gives them HTTP statuses.

Recorded are `detail` for an error of the whole request and, for a member of the body, its name with a list of messages.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from functions.api.http import Request, Response, json_response
from functions.api.problems import error_headers, told_of
from parcelhook import errors
from parcelhook.errors import ParcelhookError

# The first that fits counts.
STATUSES: Mapping[type[ParcelhookError], int] = {
    errors.MalformedBodyError: 400,
    errors.BodyTooLargeError: 413,
    errors.InvalidRequestError: 400,
    errors.UnauthenticatedError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.MethodNotAllowedError: 405,
    errors.LoopError: 400,
    errors.TooManyEventsError: 429,
    errors.ConflictError: 409,
    errors.UnavailableError: 503,
    ParcelhookError: 500,
}


def answer_error(error: ParcelhookError, request: Request) -> Response:
    """`error` as Django REST tells it."""
    status = told_of(error, STATUSES)
    return json_response(status, _body(error, request), headers=error_headers(error))


def _body(error: ParcelhookError, request: Request) -> dict[str, Any]:
    match error:
        case errors.InvalidRequestError():
            return _by_member(error)
        case errors.UnauthenticatedError():
            missing = "Authentication credentials were not provided."
            return {"detail": missing if error.missing else "Token does not exist"}
        case errors.NotFoundError():
            return {"detail": "Not found."}
        case errors.MethodNotAllowedError():
            return {"detail": f'Method "{request.method}" not allowed.'}
        case errors.CallerError() | errors.UnavailableError():
            return {"detail": str(error)}
        case _:
            return {"detail": "A server error occurred."}


def _by_member(error: errors.InvalidRequestError) -> dict[str, Any]:
    """Messages by the name of the member; what is about none of them is a `detail`."""
    messages: defaultdict[str, list[str]] = defaultdict(list)
    for problem in error.problems:
        messages[problem.field].append(problem.message)
    if "" in messages:
        return {"detail": " ".join(messages[""])}
    return dict(messages)
