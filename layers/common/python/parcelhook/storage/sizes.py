"""How large an item is, and what writing it costs (DynamoDB Developer Guide, "DynamoDB item sizes and formats")."""

from collections.abc import Mapping

from parcelhook.storage.attributes import encode
from parcelhook.storage.keys import Key

_UNIT_BYTES = 1024


def write_units(size: int) -> int:
    """What writing an item of so many bytes costs."""
    return -(-size // _UNIT_BYTES)


def size_of(key: Key, values: Mapping[str, object]) -> int:
    """How large an item is, its key included, in bytes."""
    return 4 + len(key.pk.encode()) + len(key.sk.encode()) + item_bytes(encode(values))


def item_bytes(members: Mapping[str, Mapping[str, object]]) -> int:
    """How large an item, or a part of one, is, as DynamoDB's typed attributes have it."""
    return sum(len(name.encode()) + _attribute_bytes(attribute) for name, attribute in members.items())


def _attribute_bytes(attribute: Mapping[str, object]) -> int:
    ((kind, value),) = attribute.items()
    match value:
        case bytes():
            return len(value)
        case str() if kind == "N":
            return (len(value.lstrip("-")) + 1) // 2 + 2
        case str():
            return len(value.encode())
        case list():
            return 3 + sum(_attribute_bytes(each) + 1 for each in value)
        case Mapping():
            return 3 + item_bytes(value) + len(value)
    return 1
