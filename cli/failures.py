"""What goes wrong, in one sentence on standard error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from parcelhook.errors import InvalidRequestError, ParcelhookError


class CommandError(Exception):
    """Raised when a command cannot do its work. Its text is for the person who gave it."""


@contextmanager
def told() -> Iterator[None]:
    """Ends the command with code 1 and a sentence, for an error that is not a fault of the code."""
    try:
        yield
    except (CommandError, ParcelhookError) as error:
        coloured = False if os.environ.get("NO_COLOR") else None
        typer.secho("Error: ", fg=typer.colors.RED, nl=False, err=True, color=coloured)
        typer.echo(_sentence(error), err=True)
        raise typer.Exit(1) from error


def _sentence(error: Exception) -> str:
    """Who types a command knows no JSON pointers."""
    if isinstance(error, InvalidRequestError):
        return " ".join(problem.message for problem in error.problems)
    return str(error)
