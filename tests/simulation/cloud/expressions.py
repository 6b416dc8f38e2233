"""DynamoDB's expressions, as far as our code writes them. What is not known here is refused, never guessed.

Each text is compiled once into a function of an item and of the values that stand for its placeholders.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

from tests.simulation.cloud.refusals import SimulationError

Attribute = Mapping[str, Any]
Item = Mapping[str, Attribute]
Names = Mapping[str, str]
Values = Mapping[str, Attribute]

Test = Callable[[Item, Names, Values], bool]
Operand = Callable[[Item, Names, Values], Attribute | None]
Change = Callable[[dict[str, Attribute], Item, Names, Values], None]

_TOKEN = re.compile(r"\s*([:#]?[A-Za-z_]\w*|<>|<=|>=|[=<>(),+-])")
_KEYWORDS = {"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
}
_ORDERED = {"S", "N", "B"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression and the placeholders in it; DynamoDB refuses what is given and not used."""

    run: Any
    placeholders: frozenset[str]


@cache
def condition(text: str) -> Compiled:
    """A condition. Its `run` is a `Test`."""
    return _compiled(text, _Parser.condition)


@cache
def update(text: str) -> Compiled:
    """An update. Its `run` is a `Change`, which is given the item to change and the item as it was."""
    return _compiled(text, _Parser.update)


def value_of(attribute: Attribute) -> tuple[str, Any]:
    """Type and value, numbers as numbers."""
    ((kind, value),) = attribute.items()
    return kind, int(value) if kind == "N" else value


def _compiled(text: str, parse: "Callable[[_Parser], Any]") -> Compiled:
    tokens = list(_tokens(text))
    parser = _Parser(text, tokens)
    run = parse(parser)
    if parser.peek() is not None:
        parser.refuse()
    return Compiled(run, frozenset(token for token in tokens if token[0] in ":#"))


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise SimulationError(f"an expression that is not known here: {text!r}")
        yield match.group(1)
        position = match.end()


class _Parser:
    """Recursive descent: OR binds least, then AND, then NOT."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self._text, self._tokens, self._position = text, tokens, 0

    def refuse(self) -> NoReturn:
        raise SimulationError(f"an expression that is not known here, at {self.peek()!r}: {self._text!r}")

    def peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _word(self) -> str:
        return (self.peek() or "").upper()

    def _take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token is None or (expected is not None and token.upper() != expected):
            self.refuse()
        self._position += 1
        return token

    def condition(self) -> Test:
        return self._joined("OR", lambda: self._joined("AND", self._negated, all), any)

    def _joined(self, word: str, part: Callable[[], Test], combine: Callable[[Iterator[bool]], bool]) -> Test:
        parts = [part()]
        while self._word() == word:
            self._take()
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return lambda item, names, values: combine(each(item, names, values) for each in parts)

    def _negated(self) -> Test:
        if self._word() != "NOT":
            return self._simple()
        self._take()
        test = self._negated()
        return lambda item, names, values: not test(item, names, values)

    def _simple(self) -> Test:
        if self.peek() == "(":
            self._take()
            test = self.condition()
            self._take(")")
            return test
        functions = {
            "ATTRIBUTE_EXISTS": self._exists,
            "ATTRIBUTE_NOT_EXISTS": self._not_exists,
            "BEGINS_WITH": self._begins_with,
        }
        parse = functions.get(self._word())
        return parse() if parse else self._comparison()

    def _exists(self) -> Test:
        self._take()
        self._take("(")
        name = self._name()
        self._take(")")
        return lambda item, names, values: name(names) in item

    def _not_exists(self) -> Test:
        exists = self._exists()
        return lambda item, names, values: not exists(item, names, values)

    def _begins_with(self) -> Test:
        self._take()
        self._take("(")
        one = self._operand()
        self._take(",")
        other = self._operand()
        self._take(")")

        def test(item: Item, names: Names, values: Values) -> bool:
            whole, beginning = one(item, names, values), other(item, names, values)
            return bool(whole and beginning and "S" in whole and whole["S"].startswith(beginning["S"]))

        return test

    def _comparison(self) -> Test:
        one = self._operand()
        if self._word() == "BETWEEN":
            self._take()
            low = self._operand()
            self._take("AND")
            high = self._operand()
            return lambda item, names, values: (
                _compare("<=", low(item, names, values), one(item, names, values))
                and _compare("<=", one(item, names, values), high(item, names, values))
            )
        sign = self._take()
        if sign not in {"=", "<>", *_COMPARISONS}:
            self.refuse()
        other = self._operand()
        return lambda item, names, values: _compare(sign, one(item, names, values), other(item, names, values))

    def update(self) -> Change:
        changes: list[Change] = []
        clauses = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add}
        while (word := self._word()) in clauses:
            self._take()
            changes.append(clauses[word]())
            while self.peek() == ",":
                self._take()
                changes.append(clauses[word]())
        if not changes:
            self.refuse()

        def run(item: dict[str, Attribute], before: Item, names: Names, values: Values) -> None:
            for change in changes:
                change(item, before, names, values)

        return run

    def _set(self) -> Change:
        name = self._name()
        self._take("=")
        operand = self._operand()

        def change(item: dict[str, Attribute], before: Item, names: Names, values: Values) -> None:
            value = operand(before, names, values)
            if value is None:
                raise SimulationError(f"sets what is not there: {self._text!r}")
            item[name(names)] = value

        return change

    def _remove(self) -> Change:
        name = self._name()
        return lambda item, before, names, values: void(item.pop(name(names), None))

    def _add(self) -> Change:
        name, operand = self._name(), self._operand()

        def change(item: dict[str, Attribute], before: Item, names: Names, values: Values) -> None:
            value = operand(before, names, values)
            if value is None or "N" not in value:
                raise SimulationError(f"adds what is not a number: {self._text!r}")
            now = before.get(name(names), {"N": "0"})
            item[name(names)] = {"N": str(int(now["N"]) + int(value["N"]))}

        return change

    def _name(self) -> Callable[[Names], str]:
        token = self._take()
        if token.startswith("#"):
            return lambda names: names[token]
        if token.startswith(":") or not token[0].isalpha() or token.upper() in _KEYWORDS:
            self.refuse()
        return lambda names: token

    def _operand(self) -> Operand:
        token = self.peek() or ""
        if token.startswith(":"):
            self._take()
            return lambda item, names, values: values[token]
        name = self._name()
        if self.peek() == "(":
            self.refuse()
        return lambda item, names, values: item.get(name(names))


def _compare(sign: str, one: Attribute | None, other: Attribute | None) -> bool:
    if one is None or other is None:
        return sign == "<>"
    (kind, value), (other_kind, other_value) = value_of(one), value_of(other)
    if sign in {"=", "<>"}:
        return (kind == other_kind and value == other_value) is (sign == "=")
    return kind == other_kind and kind in _ORDERED and _COMPARISONS[sign](value, other_value)


def void(_: object) -> None:
    """Makes an expression a statement."""
