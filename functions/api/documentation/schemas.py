"""JSON Schema (2020-12) of what is answered, written as short as it can be.

Objects are closed and all their members required unless they say otherwise: tests hold every real answer against them.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

Schema = dict[str, Any]

COMPONENT = "x-component"
"""Marks a schema that the document keeps under this name and refers to."""

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_OR_NO: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time", "examples": ["2026-01-05T10:00:00Z"]}
URL: Schema = {"type": "string", "examples": ["https://example.com/webhooks"]}
TEXTS_BY_NAME: Schema = {"type": "object", "additionalProperties": TEXT}


def object_of(*, optional: Iterable[str] = (), **members: Schema) -> Schema:
    """An object with these members and no others; all are there but those that are `optional`."""
    left_out = set(optional)
    return {
        "type": "object",
        "properties": members,
        "required": [name for name in members if name not in left_out],
        "additionalProperties": False,
    }


def component(name: str, schema: Schema, description: str = "") -> Schema:
    """`schema` under a name of its own."""
    return {COMPONENT: name, **schema} | ({"description": description} if description else {})


def list_of(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def one_of(choices: Iterable[str] | type[StrEnum]) -> Schema:
    """One of some texts."""
    return {"type": "string", "enum": [str(choice) for choice in choices]}


def or_null(schema: Schema) -> Schema:
    """`schema`, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def or_empty(schema: Schema) -> Schema:
    """`schema`, or the empty text, which is the same as saying nothing."""
    return {"anyOf": [schema, {"const": ""}]}


def like(schema: Schema, *examples: object, description: str = "") -> Schema:
    """`schema` with examples, and with what it means."""
    told = {"description": description} if description else {}
    return schema | ({"examples": list(examples)} if examples else {}) | told


def text(pattern: str, *examples: str, description: str = "") -> Schema:
    """Text of a form."""
    return like({"type": "string", "pattern": pattern}, *examples, description=description)
