"""What a list says of one webhook, and the calls that make it here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cli.failures import CommandError
from parcelhook.model.account import Mode

Entry = Mapping[str, Any]
"""A webhook, as its vendor's list tells it."""

Expected = TypeVar("Expected", bound=str | bool | list[Any])


class EntryError(CommandError):
    """Raised for a webhook of a list that cannot be made here as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A call of the api. `{id}` in the path is the id of what the first call made."""

    method: str
    path: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A subscription that is to be here too."""

    name: str
    """What the list calls it."""
    dialect: str
    event: str
    url: str
    mode: Mode | None = None
    """None where the list does not say."""
    steps: tuple[Step, ...]
    """The first makes it."""
    notes: tuple[str, ...] = ()
    """What the list does not tell, and has to be set anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """How a list of webhooks is written."""

    name: str
    """Of the dialect, or of our own export."""
    entries: Callable[[object], list[Any] | None]
    """The webhooks in an answer; None where it is no such list."""
    wanted: Callable[[Entry], Wanted]
    """Raises `EntryError`."""
    total: Callable[[object], int | None] = field(default=lambda _: None)
    """How many webhooks the answer says that there are, on all pages; None where it does not say."""
    reason: Callable[[Mapping[str, Any]], str | None] = field(default=lambda _: None)
    """Why a call was refused, out of an error in the vendor's form."""


def text_of(entry: Entry, name: str) -> str:
    """A member that must be there. Raises `EntryError`."""
    value = entry.get(name)
    if not isinstance(value, str) or not value:
        raise EntryError(f"The list does not tell its {name}.")
    return value


def some(**members: object) -> dict[str, object]:
    """Those that have a value."""
    return {name: value for name, value in members.items() if value is not None}
