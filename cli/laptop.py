"""The stack that `make run` started on this machine."""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from cli.failures import CommandError
from local import layout
from local.configuration import Configuration
from local.environment import clean_environment
from local.state import read_stack
from parcelhook.settings import Settings


def laptop_settings() -> Settings:
    """What its resources are called."""
    return layout.settings(Configuration())


def laptop_environment(directory: Path) -> dict[str, str]:
    """An environment whose AWS is the running stack's moto. Raises `CommandError` when none runs."""
    stack = read_stack(directory)
    if stack is None:
        raise CommandError(
            f"No stack is running here: there is no {directory}/stack.json. "
            "Start one with `make run`, or name a deployed one with --stage."
        )
    endpoint = str(stack["aws_endpoint_url"])
    if not _listens(endpoint):
        raise CommandError(f"The stack of {directory}/stack.json does not answer; start it again with `make run`.")
    return clean_environment(os.environ, aws_endpoint=endpoint)


def _listens(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    try:
        socket.create_connection((parts.hostname, parts.port or 80), timeout=2).close()
    except OSError:
        return False
    return True
