"""What Shippo's routes are told: JSON or a form, and its members, refused in Django REST's words."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from functions.api.http import LONGEST_BODY_BYTES, Request
from parcelhook.catalogue.values import check
from parcelhook.errors import BodyTooLargeError, InvalidRequestError, MalformedBodyError, Problem

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_TRUE, _FALSE = {"true", "1"}, {"false", "0"}
_LONGEST_QUOTE = 100


def members_of(request: Request) -> dict[str, Any]:
    """The members of a body in JSON or of a form. Raises `MalformedBodyError` or `BodyTooLargeError`.

    The vendor's clients send JSON; the curl examples in its guides send forms.
    """
    if not request.body.strip():
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return _form(request) if media_type == FORM else request.json_object()


def _form(request: Request) -> dict[str, Any]:
    if len(request.body) > LONGEST_BODY_BYTES:
        raise BodyTooLargeError(f"The form may have at most {LONGEST_BODY_BYTES} bytes.", limit=LONGEST_BODY_BYTES)
    try:
        text = request.body.decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise MalformedBodyError("The form cannot be read.") from error


@dataclass(slots=True)
class Reader:
    """Takes members one by one, and remembers what is wrong with them."""

    members: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, request: Request) -> "Reader":
        """Of a request's body. Raises `MalformedBodyError` or `BodyTooLargeError`."""
        members = members_of(request)
        _, problems = check(members, "")
        return cls(members, problems)

    def text(self, name: str, *, required: bool, longest: int) -> str | None:
        """A text of 1 to `longest` characters, or None."""
        return self._accepted(name, required=required, fault=lambda value: _text_fault(value, longest))

    def choice(self, name: str, choices: Collection[str], *, required: bool) -> str | None:
        """One of `choices`, or None."""
        return self._accepted(name, required=required, fault=lambda value: _choice_fault(value, choices))

    def _accepted(self, name: str, *, required: bool, fault: Callable[[object], str | None]) -> str | None:
        value = self.members.get(name)
        if value is None and not required:
            return None
        message = "This field is required." if value is None else fault(value)
        if message:
            self.refuse(name, message)
        return None if message else str(value)

    def boolean(self, name: str) -> bool | None:
        """True or false, as JSON or as text in any case, or None."""
        value = self.members.get(name)
        if value is None:
            return None
        text = str(value).lower() if isinstance(value, bool | str | int) else ""
        if text not in _TRUE | _FALSE:
            self.refuse(name, "Must be a valid boolean.")
        return text in _TRUE

    def refuse(self, name: str, message: str) -> None:
        """Notes what is wrong with a member; only the first counts."""
        if not any(problem.field == name for problem in self.problems):
            self.problems.append(Problem(f"/{name}", message))

    def finish(self) -> None:
        """Raises `InvalidRequestError` if anything was wrong."""
        if self.problems:
            raise InvalidRequestError(self.problems)


def _text_fault(value: object, longest: int) -> str | None:
    if not isinstance(value, str):
        return "Not a valid string."
    if not value.strip():
        return "This field may not be blank."
    return f"Ensure this field has no more than {longest} characters." if len(value) > longest else None


def _choice_fault(value: object, choices: Collection[str]) -> str | None:
    if isinstance(value, str) and value in choices:
        return None
    return f'"{str(value)[:_LONGEST_QUOTE]}" is not a valid choice.'
