"""`parcelhook import`."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from cli.connection import client
from cli.failures import CommandError, told
from cli.moving.importing import Account, Fate, Import, Result
from cli.moving.lists import FORMS, WebhookList
from cli.moving.wanted import ListForm
from cli.options import Json, Profile
from cli.output import show, table
from cli.progress import progress

_SECRET = "`parcelhook webhooks secret ID` shows a secret."  # noqa: S105


def import_webhooks(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The list, or its pages; - is standard input.")
    ],
    dialect: Annotated[
        str | None, typer.Option(metavar="NAME", help="shipengine, shippo, ehub or export; seen from FILE without it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made; make nothing.")] = False,
    test_profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="The profile with a test key, for test webhooks in the list.")
    ] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Make the webhooks that a vendor's own list tells. Exits with 1 unless all are there.

    FILE is what ShipEngine, Shippo or eHub answer to a GET of all webhooks, or what `parcelhook export` wrote.
    What is there already is passed over, so that the command can be given again.
    """
    if dialect is not None and dialect not in FORMS:
        raise typer.BadParameter(f"the dialect is one of {', '.join(FORMS)}.")
    with ExitStack() as opened:
        accounts = [Account.of(opened.enter_context(client(context, profile)))]
        if test_profile is not None:
            accounts.append(Account.of(opened.enter_context(client(context, test_profile))))
        found = WebhookList(form_name=dialect)
        run = Import(
            accounts={account.mode: account for account in reversed(accounts)},
            default=accounts[0].mode,
            dry_run=dry_run,
            progress=opened.enter_context(progress("importing")),
        )
        stopped = _run(run, found, files)
    show(_content(run, found), _told(run, found), as_json=as_json)
    with told():
        if stopped is not None:
            raise CommandError(f"{stopped}\nThe rest of the list was not looked at; the command can be given again.")
    if found.missing or not run.is_complete:
        raise typer.Exit(1)


def _run(run: Import, found: WebhookList, files: list[Path]) -> CommandError | None:
    """What stopped it, if anything did: until then webhooks were made, and are to be told of."""
    try:
        run.run(_entries(found, files))
    except CommandError as error:
        return error
    return None


def _entries(found: WebhookList, files: list[Path]) -> Iterator[tuple[ListForm, Any]]:
    for file in files:
        with _opened(file) as text:
            yield from found.entries(text)


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        opened = file.open(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"The list cannot be read: {error}") from error
    with opened:
        yield opened


def _content(run: Import, found: WebhookList) -> dict[str, Any]:
    counts = {str(fate): sum(result.fate is fate for result in run.results) for fate in Fate}
    return {
        "dry_run": run.dry_run,
        "counts": counts,
        "on_missing_pages": found.missing,
        "webhooks": [_result_json(result) for result in run.results],
    }


def _result_json(result: Result) -> dict[str, Any]:
    wanted = result.wanted
    return {
        "name": result.name,
        "dialect": wanted.dialect if wanted else None,
        "event": wanted.event if wanted else None,
        "url": wanted.url if wanted else None,
        "fate": result.fate,
        "id": result.id or None,
        "reason": result.reason,
        "notes": list(result.notes),
    }


def _told(run: Import, found: WebhookList) -> str:
    parts = [_rows(run.results), *_reasons(run.results), *_notes(run.results), _summary(run)]
    if found.missing:
        parts.insert(-1, f"{found.missing} webhooks of the list are on pages that were not given.")
    return "\n\n".join(part for part in parts if part)


def _rows(results: list[Result]) -> str:
    rows = [[str(result.fate).replace("_", " "), result.name, *_what(result), result.id or "-"] for result in results]
    return table(["", "LISTED AS", "DIALECT", "EVENT", "URL", "ID HERE"], rows) if rows else ""


def _what(result: Result) -> list[str]:
    return [result.wanted.dialect, result.wanted.event, result.wanted.url] if result.wanted else ["-", "-", "-"]


def _reasons(results: list[Result]) -> list[str]:
    lines = [f"{result.name} is not imported: {result.reason}" for result in results if result.reason]
    return ["\n".join(lines)] if lines else []


def _notes(results: list[Result]) -> list[str]:
    """Each once, with all that it is about."""
    about: dict[str, list[str]] = {}
    for result in results:
        for note in result.notes:
            about.setdefault(note, []).append(result.id or result.name)
    lines = [f"{', '.join(names)}: {note}" for note, names in about.items()]
    return ["\n".join([*lines, _SECRET])] if lines else []


def _summary(run: Import) -> str:
    count = {fate: sum(result.fate is fate for result in run.results) for fate in Fate}
    done = f"{count[Fate.WOULD_BE]} would be imported" if run.dry_run else f"{count[Fate.IMPORTED]} imported"
    missed = count[Fate.CONFLICT] + count[Fate.REFUSED] + count[Fate.OTHER_MODE]
    judged = " URLs are judged when they are imported." if run.dry_run else ""
    return f"{done}, {count[Fate.THERE]} there already, {missed} not imported.{judged}"
