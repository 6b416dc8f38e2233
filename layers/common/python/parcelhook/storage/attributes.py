"""Python values as DynamoDB attributes and back. Absent is absent: None is never stored."""

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
"""An item as DynamoDB's client takes it: name to typed attribute."""


def encode(values: Mapping[str, object]) -> Item:
    """`values` as an item; members that are None are left out."""
    return {name: _encode(value) for name, value in values.items() if value is not None}


def decode(item: Mapping[str, Any]) -> dict[str, Any]:
    """The values that `encode` made the item of."""
    return {name: _decode(attribute) for name, attribute in item.items()}


def _encode(value: object) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [_encode(element) for element in value]}
        case Mapping():
            return {"M": encode(value)}
    raise TypeError(f"{type(value).__name__} has no form in the tables")


def _decode(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return int(value)
        case "L":
            return [_decode(element) for element in value]
        case "M":
            return decode(value)
    raise TypeError(f"attribute type {kind} is not one that the tables hold")
