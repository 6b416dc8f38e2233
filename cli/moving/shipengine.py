"""ShipEngine's answer to `GET /v1/environment/webhooks`."""

from collections.abc import Mapping
from typing import Any

from cli.moving.wanted import Entry, ListForm, Step, Wanted, some, text_of
from parcelhook.model.account import Mode

DIALECT = "shipengine"
PATH = "/v1/environment/webhooks"


def _entries(content: object) -> list[Any] | None:
    """A bare array."""
    if isinstance(content, list) and all(isinstance(entry, dict) and "webhook_id" in entry for entry in content):
        return content
    return None


def _wanted(entry: Entry) -> Wanted:
    """ShipEngine has webhooks for production keys only, and signs with one key for all, so nothing has a secret."""
    event, url = text_of(entry, "event"), text_of(entry, "url")
    more = {name: entry.get(name) for name in ("name", "store_id", "headers")}
    return Wanted(
        name=f"webhook {entry['webhook_id']}",
        dialect=DIALECT,
        event=event,
        url=url,
        mode=Mode.LIVE,
        steps=(Step(method="POST", path=PATH, content={"event": event, "url": url} | some(**more)),),
    )


def _reason(problem: Mapping[str, Any]) -> str | None:
    found = [str(each["message"]) for each in problem.get("errors", []) if "message" in each]
    return " ".join(found) or None


FORM = ListForm(name=DIALECT, entries=_entries, wanted=_wanted, reason=_reason)
