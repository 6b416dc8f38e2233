"""Schemas that several operations share, each kept once under `components/schemas`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.api.documentation.schemas import COMPONENT, Schema

_REFERENCE = "#/components/schemas/"
_DEFINITIONS = "$defs"


@dataclass(slots=True)
class Components:
    """The shared schemas met so far."""

    schemas: dict[str, Any] = field(default_factory=dict)

    def referring(self, schema: Schema, *, prefix: str = "") -> Schema:
        """`schema` with what it shares taken out and referred to. Definitions of a model get `prefix`."""
        definitions = schema.get(_DEFINITIONS, {})
        for name, definition in definitions.items():
            self._keep(prefix + name, self._walk(definition, prefix))
        plain = {name: value for name, value in schema.items() if name not in {_DEFINITIONS, "$schema"}}
        told: Schema = self._walk(plain, prefix)
        return told

    def named(self, name: str, schema: Schema, *, prefix: str = "") -> Schema:
        """`schema`, kept under `name`."""
        self._keep(prefix + name, self.referring(schema, prefix=prefix))
        return {"$ref": _REFERENCE + prefix + name}

    def _walk(self, value: Any, prefix: str) -> Any:
        if isinstance(value, list):
            return [self._walk(item, prefix) for item in value]
        if not isinstance(value, Mapping):
            return value
        if COMPONENT in value:
            name = value[COMPONENT]
            self._keep(name, self._walk({key: item for key, item in value.items() if key != COMPONENT}, prefix))
            return {"$ref": _REFERENCE + name}
        told = {key: self._walk(item, prefix) for key, item in value.items()}
        reference = told.get("$ref")
        if isinstance(reference, str) and reference.startswith(f"#/{_DEFINITIONS}/"):
            told["$ref"] = _REFERENCE + prefix + reference.removeprefix(f"#/{_DEFINITIONS}/")
        return told

    def _keep(self, name: str, schema: Schema) -> None:
        if self.schemas.setdefault(name, schema) != schema:
            raise ValueError(f"there are two different schemas named {name}")
