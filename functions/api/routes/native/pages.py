"""What lists have in common: page size, cursor, filters."""

from enum import StrEnum
from typing import TypeVar

from functions.api.http import Request
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.storage.lists import LONGEST_PAGE

DEFAULT_LIMIT = 20

Choice = TypeVar("Choice", bound=StrEnum)


def limit(request: Request) -> int:
    """`?limit=`, 1 to 100. Raises `InvalidRequestError`."""
    text = request.query.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= LONGEST_PAGE):
        raise InvalidRequestError([Problem("?limit", f"The limit must be a whole number from 1 to {LONGEST_PAGE}.")])
    return int(text)


def choice(request: Request, name: str, choices: type[Choice]) -> Choice | None:
    """`?name=`, one of `choices`, or None where it is not given or empty. Raises `InvalidRequestError`."""
    text = request.query.get(name)
    if not text:
        return None
    try:
        return choices(text)
    except ValueError as error:
        raise InvalidRequestError([Problem(f"?{name}", f"This must be one of {', '.join(choices)}.")]) from error
