"""`/portal`: the page on which a tenant sees and changes what is theirs. Its data comes from the API."""

from functions.api.asset_answers import ASK_EACH_TIME, FOR_EVER, answer_asset
from functions.api.http import Request, Response, Route, RouteGroup, redirect
from functions.api.portal_assets import PORTAL_PAGE, portal_assets
from functions.api.problems import answer
from functions.api.routes import portal_operations as operations
from parcelhook.errors import NotFoundError
from parcelhook.services.api import ApiServices


def page(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - asks nothing of anybody
    """`GET`: 200 with the page, for everybody: what it shows, it asks for with the key that is typed in."""
    request.allow_query()
    return answer_asset(portal_assets().pages[PORTAL_PAGE], request, ASK_EACH_TIME)


def page_with_slash(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - the same for everybody
    """`GET`: 308 to the page. What is behind the `#` of the address, browsers take along."""
    request.allow_query()
    return redirect(308, "../portal")


def file(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - the same for everybody
    """`GET` of a file of the page: 200. Its path names the version of all files, so it is kept for ever.

    A page that was loaded before a deployment asks for the version before; it gets the current file, and asks again.
    """
    request.allow_query()
    assets = portal_assets()
    name = "/".join(request.parameters[part] for part in ("folder", "name") if part in request.parameters)
    if (asset := assets.files.get(name)) is None:
        raise NotFoundError("The portal has no such file.")
    is_current = request.parameters["version"] == assets.version
    return answer_asset(asset, request, FOR_EVER if is_current else ASK_EACH_TIME)


GROUP = RouteGroup(
    prefixes=("/portal",),
    routes=[
        Route(method, path, handle, operations.of_method(method, operation))
        for path, handle, operation in (
            ("/portal", page, operations.PAGE),
            ("/portal/", page_with_slash, operations.PAGE_WITH_SLASH),
            ("/portal/<version>/<name>", file, operations.FILE),
            ("/portal/<version>/<folder>/<name>", file, operations.FILE),
        )
        for method in ("GET", "HEAD")
    ],
    answer_error=answer,
    documentation=operations.DOCUMENTATION,
)
