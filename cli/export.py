"""`parcelhook export`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TextIO

import typer

from cli.connection import client
from cli.failures import CommandError
from cli.files import replacing
from cli.moments import moment
from cli.moving.exporting import Export
from cli.options import Json, Profile
from cli.output import show
from cli.progress import progress
from parcelhook.clock import SystemClock, from_text

# It may take long, and would have to begin again.
_TRIES = 8


def export(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where to; without it, to standard output.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only events from then on: 2h, 30d, or a time such as 2026-01-31T12:00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only events before then.")] = None,
    attempts: Annotated[
        bool, typer.Option("--attempts", help="With every attempt of each delivery; a call for each delivery.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Export everything of the key's account and mode as JSON lines: subscriptions, events, deliveries.

    No signing secrets and no keys are in it, and credentials in headers are masked. The last line is of kind `end`.
    """
    now = SystemClock().now()
    since, until = (text and moment(text, now) for text in (since, until))
    with client(context, profile) as api, progress("exporting") as shown:
        wanted = Export(
            api=replace(api, reading_tries=_TRIES),
            now=now,
            since=from_text(since) if since else None,
            until=from_text(until) if until else None,
            with_attempts=attempts,
            progress=shown,
        )
        with _opened(output, force=force) as file:
            for line in wanted.lines():
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    if output is not None:
        counts = {f"{kind}s" if kind != "delivery" else "deliveries": count for kind, count in wanted.counts.items()}
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        show({"file": str(output), **counts}, f"{told} are in {output}.", as_json=as_json)


@contextmanager
def _opened(output: Path | None, *, force: bool) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    if output.exists() and not force:
        raise CommandError(f"{output} is there already; --force replaces it.")
    try:
        with replacing(output) as file:
            yield file
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error}") from error
