"""An example of what a schema describes, put together from those of its parts."""

from typing import Any

from functions.api.documentation.schemas import Schema

_OF_TYPES: dict[str, Any] = {"integer": 1, "number": 1.0, "boolean": True, "string": "text"}


def example_of(schema: Schema) -> Any:
    """The first example that `schema` names, or one made of its members'."""
    if "const" in schema:
        return schema["const"]
    for choices in (schema.get("examples"), schema.get("enum")):
        if choices:
            return choices[0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0])
    match schema.get("type"):
        case "object":
            return {name: example_of(member) for name, member in schema.get("properties", {}).items()}
        case "array":
            return [example_of(schema["items"])]
        case kind:
            return _OF_TYPES.get(str(kind))
