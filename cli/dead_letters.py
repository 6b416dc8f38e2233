"""`parcelhook dead-letters`: what could not be processed, and how it gets another chance."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import boto3
import typer

from cli.dead_letter_queue import DeadLetter, DeadLetterQueue, Place
from cli.failures import told
from cli.options import Json, Stage
from cli.output import show, table
from cli.stage import StageOutputs
from cli.target import laptop_aws, reader
from local import layout
from parcelhook.clock import to_text
from parcelhook.resources import QUEUES

app = typer.Typer(no_args_is_help=True, help="Dead letters: what could not be processed, and another chance for it.")

SCHEDULER = "scheduler"
Name = StrEnum("Name", [*(queue.name for queue in QUEUES), SCHEDULER])  # type: ignore[misc]
QueueName = Annotated[Name, typer.Argument(metavar="QUEUE", help="As `parcelhook dead-letters list` calls it.")]
_SHOWN_IDS = 3


@app.command("list")
def list_all(context: typer.Context, stage: Stage = None, as_json: Json = False) -> None:
    """List the dead-letter queues, and how many messages lie in each."""
    with _queues(context, stage) as queues:
        counts = {name: queue.count() for name, queue in queues.items()}
    content = {"queues": [{"name": name, "messages": count} for name, count in counts.items()]}
    show(content, table(["QUEUE", "MESSAGES"], [[name, str(count)] for name, count in counts.items()]), as_json=as_json)


@app.command("show")
def show_one(
    context: typer.Context,
    queue: QueueName,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many messages at most.")] = 10,
    bodies: Annotated[
        bool, typer.Option("--bodies", help="With their text, which holds customers' data as it was published.")
    ] = False,
    stage: Stage = None,
    as_json: Json = False,
) -> None:
    """Show messages of a dead-letter queue: what each is about, and why it lies there. They stay there."""
    with _queues(context, stage) as queues:
        letters = _known(queues, queue).look(limit)
    content = {"queue": queue, "messages": [_json(each, bodies=bodies) for each in letters]}
    show(content, "\n".join(_text(each, bodies=bodies) for each in letters) or "It is empty.", as_json=as_json)


@app.command()
def redrive(context: typer.Context, queue: QueueName, stage: Stage = None, as_json: Json = False) -> None:
    """Send all messages of a dead-letter queue back to where they came from. What is recorded is not sent twice.

    What `scheduler` holds is deleted instead: the sweep starts what schedules could not.
    """
    with _queues(context, stage) as queues:
        count = _known(queues, queue).redrive()
    done = "deleted: the sweep starts what they were to start" if queue == SCHEDULER else f"back in the queue {queue}"
    show({"queue": queue, "messages": count}, f"{_messages(count)} {done}.", as_json=as_json)


@app.command()
def delete(
    context: typer.Context,
    queue: QueueName,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    stage: Stage = None,
    as_json: Json = False,
) -> None:
    """Delete all messages of a dead-letter queue for good, such as publications that will always be refused."""
    if not yes:
        typer.confirm(f"Delete everything in the dead-letter queue {queue} for good?", abort=True, err=True)
    with _queues(context, stage) as queues:
        count = _known(queues, queue).delete()
    show({"queue": queue, "messages": count}, f"{_messages(count)} deleted.", as_json=as_json)


@contextmanager
def _queues(context: typer.Context, stage: str | None) -> Iterator[dict[str, DeadLetterQueue]]:
    """Every dead-letter queue by its name. Errors inside end the command."""
    with told():
        if stage is None:
            with laptop_aws():
                client = boto3.client("sqs")
                yield {
                    place.name: DeadLetterQueue(place=place, client=client, moves=False) for place in _laptop_places()
                }
        else:
            places = list(_places(StageOutputs(stage, reader(context))))
            client = boto3.client("sqs")
            yield {place.name: DeadLetterQueue(place=place, client=client) for place in places}


def _places(outputs: StageOutputs) -> Iterator[Place]:
    for queue in QUEUES:
        name = queue.name.capitalize()
        url, source_url = outputs[f"{name}DeadLetterQueueUrl"], outputs[f"{name}QueueUrl"]
        yield Place(name=queue.name, url=url, source_url=source_url)
    yield Place(name=SCHEDULER, url=outputs["SchedulerDeadLetterQueueUrl"], source_url=None)


def _laptop_places() -> Iterator[Place]:
    """There is none of the scheduler: on the laptop it is a process of ours."""
    for queue in QUEUES:
        url, source_url = layout.queue_url(layout.dead_letter_name(queue)), layout.queue_url(layout.queue_name(queue))
        yield Place(name=queue.name, url=url, source_url=source_url)


def _known(queues: dict[str, DeadLetterQueue], name: str) -> DeadLetterQueue:
    if name not in queues:
        raise typer.BadParameter(f"the laptop stack has no dead-letter queue {name}.")
    return queues[name]


def _messages(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"


def _json(letter: DeadLetter, *, bodies: bool) -> dict[str, Any]:
    content = {
        "id": letter.id,
        "sent_at": to_text(letter.sent_at),
        "receives": letter.receives,
        "kind": letter.kind,
        "account_id": letter.account_id,
        "about": list(letter.about),
        "error": letter.error,
        "reason": letter.reason,
    }
    return content | ({"body": letter.body} if bodies else {})


def _text(letter: DeadLetter, *, bodies: bool) -> str:
    ids = ", ".join(letter.about[:_SHOWN_IDS])
    if len(letter.about) > _SHOWN_IDS:
        ids += f" and {len(letter.about) - _SHOWN_IDS} more"
    parts = [to_text(letter.sent_at), letter.kind, letter.account_id or "", ids]
    lines = ["  ".join(filter(None, parts))]
    if letter.error:
        lines.append(f"  {letter.error}: {letter.reason}")
    if bodies:
        lines.append(f"  {letter.body}")
    return "\n".join(lines)
