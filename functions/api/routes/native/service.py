"""What the service tells of itself: that it is there, and the key that verifies its RSA signatures."""

from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import service as operations
from parcelhook.services.api import ApiServices


def health(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - asks nothing of anybody
    """`GET`: 200 while the function runs. `HEAD` is told so without a body."""
    return Response(status=200) if request.method == "HEAD" else json_response(200, {"status": "ok"})


def jwks(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - the same for everybody
    """`GET`: 200 with the RSA key alone: the strictest of ShipEngine's listeners accept nothing beside it."""
    return json_response(200, {"keys": [services.secrets.rsa().jwk]}, headers={"Cache-Control": "public, max-age=300"})


ROUTES = (
    Route("GET", "/healthz", health, operations.HEALTH),
    Route("HEAD", "/healthz", health, operations.HEALTH_HEAD),
    Route("GET", "/jwks", jwks, operations.JWKS),
)
