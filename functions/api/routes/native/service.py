"""What the service tells of itself: what it is, that it is there, and the key that verifies its RSA signatures."""

from functions.api.http import Request, Response, Route, json_response, redirect
from functions.api.routes.native.operations import service as operations
from parcelhook.services.api import ApiServices

_ABOUT = {"name": "Parcelhook", "portal": "/portal", "documentation": "/docs", "openapi": "/openapi.json"}
_BY_ACCEPT = {"Vary": "Accept"}


def root(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - the same for everybody
    """`GET`: 302 to the portal for a browser, 200 with where what is for anybody else."""
    request.allow_query()
    if "text/html" in request.headers.get("accept", ""):
        return redirect(302, "portal", headers=_BY_ACCEPT)
    if request.method == "HEAD":
        return Response(status=200, headers=_BY_ACCEPT)
    return json_response(200, _ABOUT, headers=_BY_ACCEPT)


def health(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - asks nothing of anybody
    """`GET`: 200 while the function runs. `HEAD` is told so without a body."""
    return Response(status=200) if request.method == "HEAD" else json_response(200, {"status": "ok"})


def jwks(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - the same for everybody
    """`GET`: 200 with the RSA key alone: the strictest of ShipEngine's listeners accept nothing beside it."""
    return json_response(200, {"keys": [services.secrets.rsa().jwk]}, headers={"Cache-Control": "public, max-age=300"})


ROUTES = (
    Route("GET", "/", root, operations.ROOT),
    Route("HEAD", "/", root, operations.ROOT_HEAD),
    Route("GET", "/healthz", health, operations.HEALTH),
    Route("HEAD", "/healthz", health, operations.HEALTH_HEAD),
    Route("GET", "/jwks", jwks, operations.JWKS),
)
