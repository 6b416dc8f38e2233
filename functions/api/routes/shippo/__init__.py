"""Shippo's routes. Each answers at the paths of the vendor's reference, with and without a slash at the end, and under
the `/v1` of its older Python client."""

from collections.abc import Iterator

from functions.api.documentation.operations import Operation
from functions.api.http import Handle, Route, RouteGroup
from functions.api.routes.shippo import operations, tracks, webhooks
from functions.api.routes.shippo.errors import answer_error


def _routes(method: str, path: str, handle: Handle, operation: Operation) -> Iterator[Route]:
    for beginning in ("", "/v1"):
        for end in ("", "/"):
            yield Route(method, f"{beginning}{path}{end}", handle, operation)


GROUP = RouteGroup(
    prefixes=("/webhooks", "/v1/webhooks", "/tracks", "/v1/tracks"),
    routes=(
        *_routes("POST", "/webhooks", webhooks.create, operations.CREATE),
        *_routes("GET", "/webhooks", webhooks.list_all, operations.LIST),
        *_routes("GET", "/webhooks/<webhook_id>", webhooks.show, operations.SHOW),
        *_routes("PUT", "/webhooks/<webhook_id>", webhooks.update, operations.UPDATE),
        *_routes("DELETE", "/webhooks/<webhook_id>", webhooks.delete, operations.DELETE),
        *_routes("POST", "/tracks", tracks.register, operations.REGISTER_TRACK),
        *_routes("GET", "/tracks/<carrier>/<tracking_number>", tracks.show, operations.SHOW_TRACK),
    ),
    answer_error=answer_error,
    documentation=operations.DOCUMENTATION,
)
