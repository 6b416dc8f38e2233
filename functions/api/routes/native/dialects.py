"""`/v1/dialects`: which vendors' webhooks are spoken, and by which rules."""

from typing import Any

from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import dialects as operations
from parcelhook.dialects.base import Dialect
from parcelhook.services.api import ApiServices


def list_all(request: Request, services: ApiServices) -> Response:
    """`GET`: 200, for everybody: nothing in it is anybody's."""
    request.allow_query()
    return json_response(200, {"dialects": [_dialect(each) for each in services.dialects.known]})


def _dialect(dialect: Dialect) -> dict[str, Any]:
    policy = dialect.retry_policy
    return {
        "name": dialect.name,
        "events": [{"name": name, "event_types": covered} for name, covered in dialect.event_names.items()],
        "one_for_an_event": dialect.slot.exclusive,
        "modes": dialect.modes,
        "timeout_seconds": dialect.timeout_seconds,
        "retry_policy": {"attempts": policy.attempts, "interval_seconds": int(policy.interval.total_seconds())},
        "disable_after": dialect.disable_after,
    }


ROUTES = (Route("GET", "/v1/dialects", list_all, operations.LIST),)
