"""How files for browsers are answered: what they may do there, and how long they are kept."""

from functions.api.http import Request, Response
from functions.api.portal_assets import Asset

# Only our own files run, and only our own API is called: what an event or an endpoint says can never become code.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"


def answer_asset(asset: Asset, request: Request, caching: str) -> Response:
    """200 with the file, or 304 where the caller has it already."""
    headers = _HEADERS | {"ETag": asset.tag, "Cache-Control": caching}
    if _knows(request, asset.tag):
        return Response(status=304, headers=headers)
    body = b"" if request.method == "HEAD" else asset.content
    return Response(status=200, body=body, content_type=asset.content_type, headers=headers)


def _knows(request: Request, tag: str) -> bool:
    """Whether the caller has it already (RFC 9110, section 13.1.2): a proxy may have made the tag a weak one."""
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return tag in known or known == ["*"]
