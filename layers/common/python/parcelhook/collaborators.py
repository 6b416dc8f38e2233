"""What functions are made of, as against the values that they deal with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class")


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def collaborator(cls: type[_Class], /) -> type[_Class]: ...


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def collaborator(*, kw_only: bool) -> Callable[[type[_Class]], type[_Class]]: ...


def collaborator(
    cls: type[_Class] | None = None, /, *, kw_only: bool = False
) -> type[_Class] | Callable[[type[_Class]], type[_Class]]:
    """Makes a frozen dataclass of what is made once, equals only itself, and is never printed.

    Nobody asks whether two ledgers are equal; a class without the methods for that takes less of a cold start.
    """

    def made(given: type[_Class]) -> type[_Class]:
        return dataclass(frozen=True, slots=True, kw_only=kw_only, eq=False, repr=False)(given)

    return made if cls is None else made(cls)
