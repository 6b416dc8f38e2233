"""ShipEngine's errors: one body for all, with the id of the request. The one place that gives them HTTP statuses."""

from collections.abc import Mapping
from typing import Any

from functions.api.http import Request, Response, json_response
from functions.api.problems import error_headers, told_of
from parcelhook import errors
from parcelhook.errors import ParcelhookError, Problem

Kind = tuple[int, str, str]
"""Status, `error_type` and `error_code`. All codes are of the enumeration in ShipEngine's OpenAPI 1.1."""

# The first that fits counts. A badly formed id is recorded with 400, business_rules and unspecified.
KINDS: Mapping[type[ParcelhookError], Kind] = {
    errors.MalformedIdError: (400, "business_rules", "unspecified"),
    errors.MalformedBodyError: (400, "validation", "invalid_object"),
    errors.BodyTooLargeError: (413, "validation", "unspecified"),
    errors.InvalidRequestError: (400, "validation", "invalid_field_value"),
    errors.UnauthenticatedError: (401, "security", "unauthorized"),
    errors.ForbiddenError: (403, "security", "forbidden"),
    errors.NotFoundError: (404, "business_rules", "unspecified"),
    errors.MethodNotAllowedError: (405, "validation", "unspecified"),
    errors.SubscriptionExistsError: (409, "business_rules", "webhook_event_type_conflict"),
    errors.ConflictError: (409, "business_rules", "identifier_conflict"),
    errors.UnavailableError: (503, "system", "unspecified"),
    ParcelhookError: (500, "system", "unspecified"),
}


def answer_error(error: ParcelhookError, request: Request) -> Response:
    """`error` as ShipEngine tells it."""
    status, error_type, error_code = told_of(error, KINDS)
    described = [
        {"error_source": "shipengine", "error_type": error_type, "error_code": error_code} | members
        for members in _members(error)
    ]
    headers = error_headers(error) | {"request-id": request.id, "x-shipengine-requestid": request.id}
    return json_response(status, {"request_id": request.id, "errors": described}, headers=headers)


def _members(error: ParcelhookError) -> list[dict[str, Any]]:
    """What is told of each thing that is wrong: at least a message."""
    match error:
        case errors.InvalidRequestError():
            return [_of_field(problem) for problem in error.problems]
        case errors.UnauthenticatedError():
            # Clients of the vendor look for the beginning of this sentence.
            return [{"message": f"The API key is invalid. {error}"}]
        case errors.SubscriptionExistsError():
            return [{"message": "A webhook for this event exists already; only one is possible for each event."}]
        case errors.CallerError() | errors.UnavailableError():
            return [{"message": str(error)}]
        case _:
            return [{"message": "Something went wrong on our side."}]


def _of_field(problem: Problem) -> dict[str, Any]:
    name = problem.pointer.removeprefix("/").replace("/", ".")
    return {"message": f"{name}: {problem.message}" if name else problem.message} | (
        {"field_name": name} if name else {}
    )
