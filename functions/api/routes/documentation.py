"""`/openapi.json` and `/docs`: the description of the whole API, for programs and for people."""

from functools import cache

from functions.api.asset_answers import ASK_EACH_TIME, answer_asset
from functions.api.documentation.operations import JSON
from functions.api.http import Request, Response, Route, RouteGroup, json_response
from functions.api.portal_assets import DOCS_PAGE, Asset, portal_assets
from functions.api.problems import answer
from functions.api.routes.portal_operations import DOCUMENTATION, file_operation, of_method
from parcelhook.dialects.base import Dialects
from parcelhook.services.api import ApiServices


def document(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with the OpenAPI document, for everybody."""
    request.allow_query()
    return answer_asset(_document(services.dialects), request, ASK_EACH_TIME)


def page(request: Request, services: ApiServices) -> Response:  # noqa: ARG001 - the same for everybody
    """`GET`: 200 with the page that shows the document, for everybody."""
    request.allow_query()
    return answer_asset(portal_assets().pages[DOCS_PAGE], request, ASK_EACH_TIME)


@cache
def _document(dialects: Dialects) -> Asset:
    """Made when it is first asked for, so that no other call waits for it."""
    from functions.api.documentation.document import build_document
    from functions.api.documentation.webhooks import webhooks_of
    from functions.api.routes import GROUPS

    built = build_document(GROUPS, webhooks_of(dialects.known))
    return Asset(content=json_response(200, built).body, content_type=JSON)


_DOCUMENT = file_operation("Show this document", JSON, description="OpenAPI 3.1.", schema={"type": "object"})
_PAGE = file_operation("Show this document as a page", "text/html")

GROUP = RouteGroup(
    prefixes=("/docs", "/openapi.json"),
    routes=[
        Route(method, path, handle, of_method(method, operation))
        for path, handle, operation in (("/openapi.json", document, _DOCUMENT), ("/docs", page, _PAGE))
        for method in ("GET", "HEAD")
    ],
    answer_error=answer,
    documentation=DOCUMENTATION,
)
