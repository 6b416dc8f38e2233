"""What subscribers of each dialect receive, as the `webhooks` of the OpenAPI document."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from functions.api.documentation.operations import JSON
from functions.api.documentation.schemas import TEXT, Schema
from functions.api.documentation.tags import EHUB, OPERATIONAL, SHIPENGINE, SHIPPO
from functions.api.sample_bodies import sample_body
from parcelhook.catalogue import describe
from parcelhook.dialects.base import Dialect
from parcelhook.model.event import OPERATIONAL as OPERATIONAL_TYPES
from parcelhook.model.event import EventType

_AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
_TAGS = {"shipengine": SHIPENGINE, "shippo": SHIPPO, "ehub": EHUB, "parcelhook": OPERATIONAL}
_OBJECT: Schema = {"type": "object"}
_HEADERS = {
    "webhook-id": "The same at every attempt; remember it, and ignore what comes twice.",
    "webhook-timestamp": "Unix time of this attempt.",
    "webhook-signature": "By Standard Webhooks: `v1,<signature>`, two of them while a secret is replaced.",
}


def webhooks_of(dialects: Iterable[Dialect]) -> dict[str, Any]:
    """One for each event that a dialect has a name and a body for."""
    return {
        f"{dialect.name}.{name}": {"post": _operation(dialect, name, covered[0])}
        for dialect in dialects
        for name, covered in dialect.event_names.items()
        if len(covered) == 1
    }


def _operation(dialect: Dialect, name: str, event_type: EventType) -> dict[str, Any]:
    # A dialect that knows no such choice writes what it always writes.
    forms: tuple[dict[str, str], ...] = ({}, {"payload_format": "xml"})
    bodies = dict(sample_body(dialect, name, event_type, now=_AT, **form) for form in forms)
    headers = [
        {"name": header, "in": "header", "description": text, "schema": TEXT} for header, text in _HEADERS.items()
    ]
    return {
        "operationId": f"receive_{dialect.name}_{name}",
        "tags": [_TAGS[dialect.name]],
        "summary": f"Receive {name}",
        "description": describe(event_type)
        + ("" if event_type in OPERATIONAL_TYPES else f" You publish `{event_type}`."),
        "parameters": headers,
        "requestBody": {
            "content": {
                content_type: {
                    "schema": _OBJECT if content_type == JSON else TEXT,
                    "example": body,
                }
                for content_type, body in bodies.items()
            }
        },
        "responses": {
            "2XX": {"description": f"It arrived. There are {dialect.timeout_seconds:g} seconds to say so."},
            "default": {"description": "It did not; the retry policy says what follows."},
        },
    }
