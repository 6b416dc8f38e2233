"""Makes here what a list of webhooks says, unless it is here already."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cli.client import ApiClient, ApiError
from cli.failures import CommandError
from cli.moving.lists import FORMS
from cli.moving.wanted import EntryError, ListForm, Wanted
from parcelhook.model.account import Mode

_ID_MEMBERS = ("webhook_id", "object_id", "id")
"""What the dialects call an id in the answer to a creation."""
_REFUSALS = range(400, 500)
_OVERLOADED = 429
_CONFLICT = 409


class Fate(StrEnum):
    """What became of a webhook of a list."""

    IMPORTED = "imported"
    WOULD_BE = "would_be_imported"
    """In a dry run."""
    THERE = "there_already"
    CONFLICT = "conflict"
    """Its event has a webhook already, of another URL."""
    REFUSED = "refused"
    OTHER_MODE = "other_mode"
    """It is a test webhook and the key is a live one, or the other way round."""


NOT_IMPORTED = (Fate.CONFLICT, Fate.REFUSED, Fate.OTHER_MODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one webhook, and why."""

    name: str
    fate: Fate
    wanted: Wanted | None = None
    id: str | None = None
    """Of the subscription that is here."""
    reason: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be set anew."""
        return self.wanted.notes if self.wanted and self.fate in {Fate.IMPORTED, Fate.WOULD_BE} else ()


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a key, in the key's mode."""

    api: ApiClient
    mode: Mode
    present: dict[tuple[str, str, str], str]
    """Ids of its subscriptions by dialect, event and URL."""

    @classmethod
    def of(cls, api: ApiClient) -> "Account":
        """As it is at this moment. Raises `CommandError`."""
        found = api.get("/v1/subscriptions")["subscriptions"]
        present = {(each["dialect"], each["event"], each["url"]): str(each["id"]) for each in found}
        return cls(api, Mode(api.get("/v1/account")["mode"]), present)

    def holder(self, wanted: Wanted) -> tuple[str, str] | None:
        """Id and URL of a subscription that has the event."""
        for (dialect, event, url), subscription_id in self.present.items():
            if (dialect, event) == (wanted.dialect, wanted.event):
                return subscription_id, url
        return None


@dataclass(slots=True, kw_only=True)
class Import:
    """One run over a list."""

    accounts: Mapping[Mode, Account]
    """The account of each key at hand."""
    default: Mode
    """Where a webhook belongs whose list does not tell its mode."""
    dry_run: bool
    progress: Callable[[str], None] = lambda _: None
    results: list[Result] = field(default_factory=list)
    _dialects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, entries: Iterable[tuple[ListForm, Any]]) -> None:
        """Adds a result for each entry. Raises `CommandError` where the api cannot go on; `results` tells how far."""
        told = self.accounts[self.default].api.get("/v1/dialects")["dialects"]
        self._dialects = {each["name"]: each for each in told}
        for position, (form, entry) in enumerate(entries, start=1):
            self.results.append(self._result(position, form, entry))
            self.progress(f"{position} looked at")

    @property
    def is_complete(self) -> bool:
        """Whether everything is here, or would be."""
        return not any(result.fate in NOT_IMPORTED for result in self.results)

    def _result(self, position: int, form: ListForm, entry: object) -> Result:
        try:
            if not isinstance(entry, Mapping):
                raise EntryError("This is not a webhook.")
            return self._brought(form.wanted(entry))
        except EntryError as error:
            return Result(name=_name(entry, position), fate=Fate.REFUSED, reason=str(error))

    def _brought(self, wanted: Wanted) -> Result:
        account = self.accounts.get(wanted.mode or self.default)
        if account is None:
            return _not_imported(wanted, Fate.OTHER_MODE, f"It needs a {wanted.mode} key.")
        key = (wanted.dialect, wanted.event, wanted.url)
        if key in account.present:
            return Result(name=wanted.name, fate=Fate.THERE, wanted=wanted, id=account.present[key])
        fault = self._fault(wanted, account)
        if fault is not None:
            return fault
        made = self._would_be(wanted) if self.dry_run else _made(wanted, account.api)
        if made.id is not None:
            account.present[key] = made.id
        return made

    def _fault(self, wanted: Wanted, account: Account) -> Result | None:
        """What can be known before the api is asked."""
        dialect = self._dialects.get(wanted.dialect)
        if dialect is None or wanted.event not in {event["name"] for event in dialect["events"]}:
            return _not_imported(wanted, Fate.REFUSED, f"{wanted.dialect} has no event {wanted.event} here.")
        holder = account.holder(wanted) if dialect["one_for_an_event"] else None
        if holder is None:
            return None
        subscription_id, url = holder
        reason = (
            f"The event {wanted.event} has the webhook {subscription_id} already, with the URL {url}; "
            f"`parcelhook webhooks update {subscription_id} --url …` changes it."
        )
        return _not_imported(wanted, Fate.CONFLICT, reason)

    def _would_be(self, wanted: Wanted) -> Result:
        return Result(name=wanted.name, fate=Fate.WOULD_BE, wanted=wanted, id="")


def _made(wanted: Wanted, api: ApiClient) -> Result:
    """All of its calls, or none: what could only be made in part is taken away again."""
    subscription_id = ""
    try:
        for step in wanted.steps:
            answer = api.call(step.method, step.path.format(id=subscription_id), step.content)
            subscription_id = subscription_id or _id_in(answer)
    except ApiError as error:
        if subscription_id:
            with suppress(CommandError):
                api.call("DELETE", f"/v1/subscriptions/{subscription_id}")
        if error.status not in _REFUSALS or error.status == _OVERLOADED:
            raise
        fate = Fate.CONFLICT if error.status == _CONFLICT else Fate.REFUSED
        return _not_imported(wanted, fate, _reason(wanted, error))
    return Result(name=wanted.name, fate=Fate.IMPORTED, wanted=wanted, id=subscription_id)


def _reason(wanted: Wanted, error: ApiError) -> str:
    form = FORMS.get(wanted.dialect)
    return (form.reason(error.problem) if form else None) or str(error)


def _id_in(answer: Mapping[str, Any]) -> str:
    return next(str(answer[name]) for name in _ID_MEMBERS if name in answer)


def _not_imported(wanted: Wanted, fate: Fate, reason: str) -> Result:
    return Result(name=wanted.name, fate=fate, wanted=wanted, reason=reason)


def _name(entry: object, position: int) -> str:
    found = [str(entry[name]) for name in _ID_MEMBERS if name in entry] if isinstance(entry, Mapping) else []
    return f"webhook {found[0]}" if found else f"entry {position}"
