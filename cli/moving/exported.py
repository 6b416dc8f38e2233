"""Our own export: its lines of kind `subscription`. All other lines are passed over."""

from typing import Any

from cli.moving import ehub, shipengine
from cli.moving.wanted import Entry, EntryError, ListForm, Step, Wanted, some, text_of
from parcelhook.model.account import Mode
from parcelhook.security.headers import MASK

NAME = "export"
_PATH = "/v1/subscriptions"
_SECRET = "It is signed with a new secret, since an export has none."  # noqa: S105
# What only a vendor's own route takes.
_VENDOR_PATHS = {shipengine.DIALECT: shipengine.PATH, ehub.DIALECT: ehub.PATH}


def _entries(content: object) -> list[Any] | None:
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str):
        return None
    return [content] if kind == "subscription" else []


def _wanted(entry: Entry) -> Wanted:
    """Made switched off, and switched on when all of it is as it was."""
    if entry.get("dialect_fields", {}).get("auth_type") == "http_basic":
        raise EntryError("An export has no user names and passwords; make it anew on eHub's own route.")
    dialect, event, url = (text_of(entry, name) for name in ("dialect", "event", "url"))
    headers = {name: value for name, value in entry.get("headers", {}).items() if MASK not in str(value)}
    masked = [f"The export masks its header {name}." for name in entry.get("headers", {}) if name not in headers]
    new = {"dialect": dialect, "event": event, "url": url, "enabled": False}
    filters = some(milestones=entry.get("milestones"), drop_superseded=entry.get("drop_superseded"))
    return Wanted(
        name=f"subscription {entry.get('id')}",
        dialect=dialect,
        event=event,
        url=url,
        mode=_mode(entry),
        steps=(
            Step(method="POST", path=_PATH, content=new | {"headers": headers} | filters),
            *_vendor_steps(dialect, url, entry.get("dialect_fields", {})),
            Step(method="PATCH", path=f"{_PATH}/{{id}}", content=_settings(entry)),
        ),
        notes=(_SECRET, *masked),
    )


def _mode(entry: Entry) -> Mode:
    try:
        return Mode(text_of(entry, "mode"))
    except ValueError as error:
        raise EntryError(f"There is no mode {entry['mode']}.") from error


def _vendor_steps(dialect: str, url: str, fields: Entry) -> tuple[Step, ...]:
    if not fields or dialect not in _VENDOR_PATHS:
        return ()
    return (Step(method="PUT", path=f"{_VENDOR_PATHS[dialect]}/{{id}}", content={"url": url, **fields}),)


def _settings(entry: Entry) -> dict[str, Any]:
    policy = entry.get("retry_policy", {})
    own = {name: policy[name] for name in ("attempts", "interval_seconds") if name in policy}
    return {"enabled": entry.get("enabled") is not False and not entry.get("disabled_by_failures")} | some(
        retry_policy=None if policy.get("is_default", True) else own, rate_limit=entry.get("rate_limit")
    )


FORM = ListForm(name=NAME, entries=_entries, wanted=_wanted)
