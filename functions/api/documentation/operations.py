"""What a route says of itself: who may call it, what it takes, what it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from pydantic import BaseModel

from functions.api.documentation.schemas import TEXT, Schema
from parcelhook.errors import ParcelhookError
from parcelhook.values import value

JSON = "application/json"


@value(kw_only=True)
class Parameter:
    """A query parameter, or a header of a request."""

    name: str
    description: str
    schema: Schema = field(default_factory=lambda: TEXT)
    place: str = "query"


@value(kw_only=True)
class Body:
    """The body of a request."""

    schema: type[BaseModel] | Callable[[], Schema] | Schema
    """A model that the route reads the body with, or a schema, which may be made when it is asked for."""
    example: Any
    required: bool = True
    content_types: Sequence[str] = (JSON,)


@value(kw_only=True)
class Answer:
    """One way of succeeding."""

    description: str
    schema: Schema | None = None
    """None where there is no body."""
    content_types: Sequence[str] = (JSON,)
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the headers mean that this answer has besides."""


@value(kw_only=True)
class Operation:
    """A method of a path."""

    summary: str
    """Half a sentence that begins with a verb."""
    answers: Mapping[int, Answer]
    tag: str
    description: str = ""
    body: Body | None = None
    parameters: Sequence[Parameter] = ()
    errors: Sequence[type[ParcelhookError]] = ()
    """Those that this operation has besides what follows from its key, its body and its path."""
    is_public: bool = False
    """Whether it asks for no key."""

    def taking(
        self, schema: type[BaseModel] | Callable[[], Schema] | Schema, *, example: Any, required: bool = True
    ) -> "Operation":
        """The same with a body."""
        return replace(self, body=Body(schema=schema, example=example, required=required))


@value(kw_only=True)
class ErrorForm:
    """How a group of routes tells errors."""

    status: Callable[[type[ParcelhookError]], int]
    schema: Schema
    content_type: str = JSON
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@value(kw_only=True)
class GroupDocumentation:
    """What a group's operations have in common."""

    name: str
    """Begins the names of what belongs to this group alone."""
    errors: ErrorForm
    security: Sequence[str] = ()
    """Names of the forms in which the key may come; see `SECURITY_SCHEMES`."""
    path_parameters: Mapping[str, Schema] = field(default_factory=dict)
    common_errors: Sequence[type[ParcelhookError]] = ()
    """Errors of every operation that asks for a key."""


SECURITY_SCHEMES: Mapping[str, Mapping[str, Any]] = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "API-Key",
        "description": "ShipEngine's form: `API-Key: <key>`.",
    },
    "Bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "eHub's form, and that of Shippo's OAuth tokens: `Authorization: Bearer <key>`.",
    },
    "ShippoToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Shippo's form: `Authorization: ShippoToken <key>`.",
    },
}
