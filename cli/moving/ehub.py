"""eHub's answer to `GET /api/v2/subscriptions`, a page of it."""

from collections.abc import Mapping
from typing import Any

from cli.moving.wanted import Entry, EntryError, ListForm, Step, Wanted, some, text_of

DIALECT = "ehub"
PATH = "/api/v2/subscriptions"
_SECRETS = ("hmac_shared_secret", "http_username", "http_password")
_NEW_SECRET = "It is signed with a new secret, since the list does not tell the old one."  # noqa: S105
_DISABLED = "Failures had disabled it; it is switched off here."
_NO_CREDENTIALS = (
    "The list does not tell its user name and password; add http_username and http_password to it in the file."
)


def _entries(content: object) -> list[Any] | None:
    found = content.get("subscriptions") if isinstance(content, dict) else None
    if isinstance(found, list) and all(isinstance(entry, dict) and "subscription_type" in entry for entry in found):
        return found
    return None


def _wanted(entry: Entry) -> Wanted:
    """Made as eHub's own routes want it. What is masked or missing is not known."""
    event, url = text_of(entry, "subscription_type"), text_of(entry, "url")
    auth_type, status = entry.get("auth_type") or "hmac", entry.get("status") or "active"
    secrets = {name: entry[name] for name in _SECRETS if is_told(entry.get(name))}
    if auth_type == "http_basic" and not {"http_username", "http_password"} <= set(secrets):
        raise EntryError(_NO_CREDENTIALS)
    is_signed_anew = auth_type == "hmac" and "hmac_shared_secret" not in secrets
    content = {
        "subscription_type": event,
        "status": "active" if status == "active" else "inactive",
        "url": url,
        "payload_format": entry.get("payload_format") or "json",
        "auth_type": auth_type,
    }
    return Wanted(
        name=f"subscription {entry.get('id')}",
        dialect=DIALECT,
        event=event,
        url=url,
        steps=(Step(method="POST", path=PATH, content=content | some(**secrets)),),
        notes=((_NEW_SECRET,) if is_signed_anew else ()) + ((_DISABLED,) if status == "error_disabled" else ()),
    )


def is_told(secret: object) -> bool:
    """Whether a list tells a secret, rather than stars in its place."""
    return isinstance(secret, str) and secret.strip("*•") != ""


def _reason(problem: Mapping[str, Any]) -> str | None:
    told = problem.get("error_message")
    return str(told) if told else None


FORM = ListForm(name=DIALECT, entries=_entries, wanted=_wanted, reason=_reason)
