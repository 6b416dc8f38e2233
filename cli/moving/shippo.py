"""Shippo's answer to `GET /webhooks`, a page of it."""

from collections.abc import Mapping
from typing import Any

from cli.moving.wanted import Entry, ListForm, Step, Wanted, text_of
from parcelhook.model.account import Mode

DIALECT = "shippo"
PATH = "/webhooks"
_SECRET = "Shippo-Auth-Signature is made with a new secret; a listener that checks it needs that."  # noqa: S105


def _entries(content: object) -> list[Any] | None:
    results = content.get("results") if isinstance(content, dict) else None
    return results if isinstance(results, list) else None


def _total(content: object) -> int | None:
    count = content.get("count") if isinstance(content, dict) else None
    return count if isinstance(count, int) else None


def _wanted(entry: Entry) -> Wanted:
    event, url = text_of(entry, "event"), text_of(entry, "url")
    is_test = entry.get("is_test") is True
    content = {"event": event, "url": url, "active": entry.get("active") is not False, "is_test": is_test}
    return Wanted(
        name=f"webhook {entry.get('object_id')}",
        dialect=DIALECT,
        event=event,
        url=url,
        mode=Mode.TEST if is_test else Mode.LIVE,
        steps=(Step(method="POST", path=PATH, content=content),),
        notes=(_SECRET,),
    )


def _reason(problem: Mapping[str, Any]) -> str | None:
    """Django REST's messages by the name of the member."""
    found = [
        f"{name}: {' '.join(told)}" for name, told in problem.items() if isinstance(told, list) and name != "errors"
    ]
    return " ".join(found) or None


FORM = ListForm(name=DIALECT, entries=_entries, wanted=_wanted, total=_total, reason=_reason)
