"""What a command works on: the laptop stack, or a deployed stage."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import boto3
import typer

from cli.failures import told
from cli.laptop import laptop_environment, laptop_settings
from cli.stage import ReadOutputs, connect, stage_settings
from parcelhook.administration import Administration
from parcelhook.services import build_administration
from parcelhook.services.administration import build_usage_days
from parcelhook.storage.usage import UsageDays


@contextmanager
def administration(context: typer.Context, stage: str | None) -> Iterator[Administration]:
    """What administers `stage`, or the laptop stack without one. Errors inside end the command."""
    with told():
        if stage is None:
            with laptop_aws():
                yield build_administration(laptop_settings())
        else:
            yield build_administration(stage_settings(stage, reader(context)))


@contextmanager
def usage_days(context: typer.Context, stage: str) -> Iterator[UsageDays]:
    """What accounts of `stage` used. Errors inside end the command."""
    with told():
        yield build_usage_days(stage_settings(stage, reader(context)))


def reader(context: typer.Context) -> ReadOutputs:
    """Reads stacks; a caller of the application may hand in its own reader. Raises `CommandError`."""
    return context.obj or connect()


@contextmanager
def laptop_aws() -> Iterator[None]:
    """While it lasts, boto3 finds the running stack's moto, and nothing of the person's own AWS."""
    directory = Path(os.environ.get("LOCAL_STATE_DIR") or ".local")
    with _environment(laptop_environment(directory)):
        session, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, None
        try:
            yield
        finally:
            boto3.DEFAULT_SESSION = session


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    _replace_environment(variables)
    try:
        yield
    finally:
        _replace_environment(before)


def _replace_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
