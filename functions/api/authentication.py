"""Where a caller's API key is. Each vendor's clients have their own header; a key works in all of them."""

from functions.api.http import Request
from parcelhook.model.account import Principal
from parcelhook.services.api import ApiServices


def api_key_header(request: Request) -> str | None:
    """ShipEngine's form: `API-Key: <key>`."""
    return request.headers.get("api-key")


def authorization(request: Request, scheme: str) -> str | None:
    """The other vendors' form: `Authorization: <scheme> <key>`. Schemes are the same in any case (RFC 9110)."""
    given, _, key = request.headers.get("authorization", "").strip().partition(" ")
    return key.strip() if given.lower() == scheme.lower() else None


def any_form(request: Request, services: ApiServices) -> Principal:
    """Who calls one of our own routes. Raises `UnauthenticatedError`."""
    key = api_key_header(request) or authorization(request, "Bearer") or authorization(request, "ShippoToken")
    return identified(request, services, key)


def identified(request: Request, services: ApiServices, key: str | None) -> Principal:
    """Who calls with this key. Raises `UnauthenticatedError`."""
    principal = services.authenticator.principal(key)
    request.noted["account_id"] = principal.account_id
    return principal
