"""Lists of webhooks as files: which form they have, and what they say."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from cli.failures import CommandError
from cli.moving import ehub, exported, shipengine, shippo
from cli.moving.wanted import ListForm

FORMS: dict[str, ListForm] = {form.name: form for form in (shipengine.FORM, shippo.FORM, ehub.FORM, exported.FORM)}
_UNKNOWN = "This is no list of webhooks as ShipEngine, Shippo or eHub answer it, and no export of ours."
_NOT_JSON = "This is not JSON: {}. If it begins with HTTP headers, ask again without the -i of curl."


@dataclass(slots=True)
class WebhookList:
    """What files say, one webhook after the other."""

    form_name: str | None = None
    """The form that all of them must have; None takes the one that fits."""
    read: int = 0
    total: int | None = None
    """How many there are in all, by the last answer that says so."""

    def entries(self, file: TextIO) -> Iterator[tuple[ListForm, Any]]:
        """The webhooks in a file. Raises `CommandError`."""
        is_empty = True
        for content in values_of(file):
            is_empty = False
            form, found = self._understood(content)
            self.total = form.total(content) or self.total
            for entry in found:
                self.read += 1
                yield form, entry
        if is_empty:
            raise CommandError("There is nothing in the list.")

    @property
    def missing(self) -> int:
        """How many webhooks are on pages that were not given."""
        return max(0, (self.total or 0) - self.read)

    def _understood(self, content: object) -> tuple[ListForm, Sequence[Any]]:
        forms = list(FORMS.values()) if self.form_name is None else [FORMS[self.form_name]]
        for form in forms:
            found = form.entries(content)
            if found is not None:
                return form, found
        raise CommandError(_UNKNOWN if self.form_name is None else f"This is no list as {self.form_name} answers it.")


def values_of(file: TextIO) -> Iterator[object]:
    """The JSON values in a file, one after the other. Lines of an export are read one by one, since it may be long."""
    try:
        first = file.readline()
        if _is_line_of_export(first):
            yield json.loads(first)
            yield from (json.loads(line) for line in file if line.strip())
        else:
            yield from _decoded(first + file.read())
    except ValueError as error:
        raise CommandError(_NOT_JSON.format(error)) from error


def _is_line_of_export(line: str) -> bool:
    try:
        content = json.loads(line)
    except ValueError:
        return False
    return isinstance(content, dict) and "kind" in content


def _decoded(text: str) -> Iterator[object]:
    """Answers that were appended to each other."""
    decoder, position = json.JSONDecoder(), _next(text, 0)
    while position < len(text):
        content, end = decoder.raw_decode(text, position)
        yield content
        position = _next(text, end)


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
