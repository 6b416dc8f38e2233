"""What any published value must keep to, whatever its type: it is JSON, and its text can be written in XML too."""

import math
import re
from dataclasses import dataclass, field

from parcelhook.errors import Problem

MAX_DEPTH = 32
"""Levels of lists and objects in one published item."""
MAX_PROBLEMS = 100
"""Problems told of one published item. Without a bound, a small body could cause a very large answer."""

# eHub subscribers may ask for XML, and XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (int, "a number"),
    (float, "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "an object"),
)


def kind(value: object) -> str:
    """What `value` is, in the words of JSON."""
    if value is None:
        return "null"
    for form, name in _FORMS:
        if isinstance(value, form):
            return name
    return "a value that JSON does not have"


def below(pointer: str, *parts: str | int) -> str:
    """The RFC 6901 pointer to what lies at `parts` below `pointer`."""
    return pointer + "".join(f"/{_escaped(part)}" for part in parts)


def _escaped(part: str | int) -> str:
    text = _SURROGATE.sub("\ufffd", str(part))
    return text.replace("~", "~0").replace("/", "~1")


def check(value: object, pointer: str) -> tuple[object, list[Problem]]:
    """`value` as far as it can be looked at further, and what in it cannot be passed on."""
    walk = _Walk()
    return walk.copy(value, pointer, 0), walk.problems


@dataclass(slots=True)
class _Walk:
    problems: list[Problem] = field(default_factory=list)

    def copy(self, value: object, pointer: str, depth: int) -> object:
        if isinstance(value, dict | list) and depth >= MAX_DEPTH:
            return self._refuse(pointer, f"Lists and objects are nested deeper than {MAX_DEPTH} levels here.")
        if isinstance(value, dict):
            return self._object(value, pointer, depth)
        if isinstance(value, list):
            return [self.copy(item, below(pointer, index), depth + 1) for index, item in enumerate(value)]
        fault = _fault(value)
        return value if fault is None else self._refuse(pointer, fault, value)

    def _object(self, value: dict[object, object], pointer: str, depth: int) -> dict[str, object]:
        copy: dict[str, object] = {}
        for name, member in value.items():
            fault = _fault(name) if isinstance(name, str) else "The name of a member must be text."
            where = below(pointer, str(name))
            # A member whose name is faulty cannot be shown to Pydantic, which gives up on the whole object.
            if fault is None:
                copy[str(name)] = self.copy(member, where, depth + 1)
            else:
                self._refuse(where, fault.replace("This text", "The name of this member"))
        return copy

    def _refuse(self, pointer: str, message: str, value: object = None) -> object:
        self.problems.append(Problem(pointer, message))
        return value


def _fault(value: object) -> str | None:
    if isinstance(value, str):
        return _text_fault(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "This is not a finite number."
    if value is None or isinstance(value, int | float):
        return None
    return "This is not a value that JSON has."


def _text_fault(text: str) -> str | None:
    if _SURROGATE.search(text):
        return "This text is not valid Unicode: it contains half of a surrogate pair."
    if _UNWRITABLE.search(text):
        return "This text contains a control character other than tab and line break."
    return None
