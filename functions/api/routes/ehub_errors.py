"""eHub's errors: the members of its documented 401. The one place that gives them HTTP statuses."""

from collections.abc import Mapping

from functions.api.http import Request, Response, json_response
from functions.api.problems import error_headers, told_of
from parcelhook import errors
from parcelhook.errors import ParcelhookError

# Only the 401 is documented; the others follow its form. The first that fits counts.
KINDS: Mapping[type[ParcelhookError], tuple[int, str]] = {
    errors.MalformedBodyError: (400, "errors.malformed_body"),
    errors.BodyTooLargeError: (413, "errors.body_too_large"),
    errors.InvalidRequestError: (422, "errors.invalid_parameter"),
    errors.UnauthenticatedError: (401, "errors.insufficient_scope"),
    errors.ForbiddenError: (403, "errors.insufficient_scope"),
    errors.NotFoundError: (404, "errors.not_found"),
    errors.MethodNotAllowedError: (405, "errors.method_not_allowed"),
    errors.ConflictError: (409, "errors.conflict"),
    errors.UnavailableError: (503, "errors.unavailable"),
    ParcelhookError: (500, "errors.internal"),
}


def answer_error(error: ParcelhookError, request: Request) -> Response:  # noqa: ARG001 - the vendor names no request
    """`error` as eHub tells it."""
    status, code = told_of(error, KINDS)
    body = {"status": "error", "error_code": code, "error_message": _message(error)}
    return json_response(status, body, headers=error_headers(error))


def _message(error: ParcelhookError) -> str:
    match error:
        case errors.UnauthenticatedError():
            return "Token does not allow access to service."
        case errors.InvalidRequestError():
            return " ".join(f"{problem.field}: {problem.message}" for problem in error.problems)
        case errors.CallerError() | errors.UnavailableError():
            return str(error)
        case _:
            return "Something went wrong on our side."
