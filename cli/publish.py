"""`parcelhook publish`."""

import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.batches import Report, Sending
from cli.connection import client
from cli.failures import CommandError
from cli.options import Json, Profile
from cli.output import show
from cli.progress import progress


def publish(
    context: typer.Context,
    event_type: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="The event type, e.g. tracking.updated.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="The event's data: JSON, or @FILE.")] = None,
    event_id: Annotated[
        str | None, typer.Option("--id", help="Your own id; a repetition within 24 hours is one event.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Events as JSON lines, each with `type` and `data`; - is standard input.")
    ] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Publish one event, or many from a file. Exits with 1 if any was refused.

    Examples: parcelhook publish tracking.updated --data @update.json
    · parcelhook publish --file events.jsonl · … | parcelhook publish --file -
    """
    if (event_type is None) == (file is None):
        raise typer.BadParameter("give either a TYPE with --data, or --file.")
    with client(context, profile) as api, ExitStack() as opened, progress("publishing") as shown:
        lines = _one(str(event_type), data, event_id) if file is None else opened.enter_context(_lines(file))
        sending = Sending(
            api=api, new_id=lambda: f"cli-{uuid.uuid4()}", progress=lambda report: shown(_counted(report))
        )
        report = sending.send(lines)
    told = _told(report) if file else _told_of_one(report)
    show(_content(report), told, as_json=as_json)
    if report.refused:
        raise typer.Exit(1)


def _one(event_type: str, data: str | None, event_id: str | None) -> Iterator[str]:
    try:
        text = Path(data[1:]).read_text() if data and data.startswith("@") else data or "{}"
        event: dict[str, Any] = {"type": event_type, "data": json.loads(text)}
    except OSError as error:
        raise CommandError(f"The data cannot be read: {error}") from error
    except ValueError as error:
        raise CommandError(f"The data is not JSON: {error}") from error
    yield json.dumps(event | ({"id": event_id} if event_id else {}))


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[str]]:
    if str(file) == "-":
        yield iter(sys.stdin)
        return
    try:
        with file.open(encoding="utf-8") as opened:
            yield iter(opened)
    except OSError as error:
        raise CommandError(f"The events cannot be read: {error}") from error


def _counted(report: Report) -> str:
    return f"{len(report.accepted)} accepted, {len(report.refused)} refused"


def _content(report: Report) -> dict[str, Any]:
    refused = [{"line": each.line, "reason": each.reason} for each in report.refused]
    return {"events": report.accepted, "refused": refused}


def _told(report: Report) -> str:
    lines = [f"Line {each.line} was refused: {each.reason}" for each in report.refused]
    queued, refused = len(report.accepted), len(report.refused)
    events = "1 event is" if queued == 1 else f"{queued} events are"
    return "\n".join([*lines, f"{events} queued, {refused} {'was' if refused == 1 else 'were'} refused."])


def _told_of_one(report: Report) -> str:
    if report.refused:
        return f"The event was refused: {report.refused[0].reason}"
    return f"Event {report.accepted[0]['id']} is queued."
