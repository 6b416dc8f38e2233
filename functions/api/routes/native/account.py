"""`/v1/account` and `/v1/keys`: who calls, and the API keys of the caller's account and mode."""

from typing import Annotated, Any

from pydantic import ConfigDict, WithJsonSchema

from functions.api.authentication import any_form
from functions.api.bodies import BodyModel, parse, refuse
from functions.api.documentation.schemas import one_of
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import account as operations
from parcelhook.administration import Administration
from parcelhook.clock import to_text
from parcelhook.errors import ConflictError, NotFoundError, Problem
from parcelhook.model.account import ApiKey, Principal
from parcelhook.security.api_keys import KeyStyle
from parcelhook.services.api import ApiServices

# A bound on what a caller can fill the registry with, far above what anybody has a use for.
MOST_KEYS = 100


class NewKey(BodyModel):
    """What may be said of a new key: whose clients look at how it begins."""

    model_config = ConfigDict(extra="forbid")

    style: Annotated[str, WithJsonSchema(one_of(KeyStyle))] = KeyStyle.SHIPENGINE


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of the account: 200."""
    principal = any_form(request, services)
    request.allow_query()
    account = services.registry.account(principal.account_id)
    key = services.registry.key_of(principal.account_id, principal.key_id)
    told = {"id": account.id, "name": account.name, "mode": principal.mode}
    return json_response(200, told | {"key": {"id": key.id, "hint": key.hint}})


def list_keys(request: Request, services: ApiServices) -> Response:
    """`GET` of the keys: 200, oldest first, revoked ones too. Live and test keys do not see each other."""
    principal = any_form(request, services)
    request.allow_query()
    return json_response(200, {"keys": [_key(key) for key in _keys(principal, services)]})


def create_key(request: Request, services: ApiServices) -> Response:
    """`POST`: 201 with a key of the same account and mode; the only answer that tells the key itself."""
    principal = any_form(request, services)
    request.allow_query()
    wanted = parse(NewKey, request.json_object() if request.body.strip() else {})
    if wanted.style not in list(KeyStyle):
        refuse([Problem("/style", f"This must be one of {', '.join(KeyStyle)}.")])
    if len([key for key in _keys(principal, services) if key.revoked_at is None]) >= MOST_KEYS:
        raise ConflictError(f"There are {MOST_KEYS} keys already; revoke one first.")
    administration = _administration(services)
    key, text = administration.create_key(principal.account_id, mode=principal.mode, style=KeyStyle(wanted.style))
    return json_response(201, _key(key) | {"key": text}, headers={"Cache-Control": "no-store"})


def revoke_key(request: Request, services: ApiServices) -> Response:
    """`DELETE`: 204. It works for some seconds more. The calling key cannot revoke itself: nobody shall lock up."""
    principal = any_form(request, services)
    request.allow_query()
    key_id = request.parameters["key_id"]
    if key_id == principal.key_id:
        raise ConflictError("This is the key that the call was made with; revoke it with another.")
    if key_id not in {key.id for key in _keys(principal, services)}:
        raise NotFoundError(f"There is no key {key_id[:50]}.")
    _administration(services).revoke_key(principal.account_id, key_id)
    return Response(status=204)


def _keys(principal: Principal, services: ApiServices) -> list[ApiKey]:
    found = services.registry.keys_of(principal.account_id)
    return [key for key in found if key.mode is principal.mode]


def _administration(services: ApiServices) -> Administration:
    return Administration(registry=services.registry, secrets=services.secrets, clock=services.clock, ids=services.ids)


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "mode": key.mode,
        "hint": key.hint,
        "created_at": to_text(key.created_at),
        "revoked_at": to_text(key.revoked_at) if key.revoked_at else None,
    }


ROUTES = (
    Route("GET", "/v1/account", show, operations.SHOW),
    Route("GET", "/v1/keys", list_keys, operations.LIST_KEYS),
    Route("POST", "/v1/keys", create_key, operations.CREATE_KEY.taking(NewKey, example={}, required=False)),
    Route("DELETE", "/v1/keys/<key_id>", revoke_key, operations.REVOKE_KEY),
)
