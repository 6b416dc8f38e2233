"""The values that functions deal with: events, deliveries, subscriptions and all that tells of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class")


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_Class], /) -> type[_Class]: ...


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(*, kw_only: bool = False, printed: bool = True) -> Callable[[type[_Class]], type[_Class]]: ...


def value(
    cls: type[_Class] | None = None, /, *, kw_only: bool = False, printed: bool = True
) -> type[_Class] | Callable[[type[_Class]], type[_Class]]:
    """Makes a frozen dataclass that equals others with the same fields. `printed` is whether its repr shows them.

    The standard decorator writes and compiles each class's methods. Those for comparing and printing need not be
    written for each: without that, a class takes two thirds of the time at a cold start.
    """

    def made(given: type[_Class]) -> type[_Class]:
        made_of = dataclass(frozen=True, slots=True, kw_only=kw_only, eq=False, repr=False)(given)
        _compare(made_of)
        if printed:
            _print(made_of)
        return made_of

    return made if cls is None else made(cls)


def _compare(cls: type[Any]) -> None:
    read = _reader([each.name for each in fields(cls) if each.compare])

    def equals(self: Any, other: object) -> bool:
        return read(self) == read(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(read(self))

    cls.__eq__ = equals  # type: ignore[assignment]
    cls.__hash__ = hashed  # type: ignore[assignment]


def _reader(names: list[str]) -> Callable[[Any], object]:
    """Reads the fields with these names."""
    return attrgetter(*names) if names else lambda _: ()


def _print(cls: type[Any]) -> None:
    names = [each.name for each in fields(cls) if each.repr]

    @recursive_repr()
    def print_fields(self: Any) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({told})"

    cls.__repr__ = print_fields  # type: ignore[assignment]
