"""Reads a synthesised template without CDK: references become readable text."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Template:
    """A template whose logical ids have lost the hash that CDK puts behind them."""

    def __init__(self, path: Path) -> None:
        document: Json = json.loads(path.read_text())
        self.resources: dict[str, Json] = {
            _short(name): _readable(body) for name, body in document["Resources"].items()
        }
        self.outputs: dict[str, Any] = {name: _readable(body["Value"]) for name, body in document["Outputs"].items()}

    def properties(self, name: str) -> Json:
        """Of one resource."""
        found: Json = self.resources[name]["Properties"]
        return found

    def of_type(self, kind: str) -> dict[str, Json]:
        """The properties of all resources of a type, by name."""
        return {name: body.get("Properties", {}) for name, body in self.resources.items() if body["Type"] == kind}

    def statements(self, policy: str) -> list[Json]:
        """Of an IAM or queue policy."""
        found: list[Json] = self.properties(policy)["PolicyDocument"]["Statement"]
        return found


def permissions(statements: list[Json]) -> dict[str, set[str]]:
    """What may be done, by what it may be done to."""
    allowed: dict[str, set[str]] = {}
    for statement in statements:
        assert statement["Effect"] == "Allow"
        for resource in _as_list(statement["Resource"]):
            allowed.setdefault(resource, set()).update(_as_list(statement["Action"]))
    return allowed


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _short(logical_id: str) -> str:
    return re.sub("[0-9A-F]{8}$", "", logical_id)


def _readable(value: Any) -> Any:
    if isinstance(value, list):
        return [_readable(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((function, argument),) = value.items()
        if function in _FUNCTIONS:
            return _FUNCTIONS[function](argument)
    return {key: _readable(item) for key, item in value.items()}


_FUNCTIONS: dict[str, Callable[[Any], str]] = {
    "Ref": _short,
    "Fn::GetAtt": lambda argument: f"{_short(argument[0])}.{argument[1]}",
    "Fn::Join": lambda argument: str(argument[0]).join(map(str, _readable(argument[1]))),
    "Fn::Sub": str,
    "Fn::Split": lambda argument: f"{_readable(argument[1])} split at {argument[0]}",
    "Fn::Select": lambda argument: f"part {argument[0]} of {_readable(argument[1])}",
}
