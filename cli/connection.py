"""Which api a command talks to, and with which key."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer

from cli.client import ApiClient, build_http
from cli.failures import CommandError, told
from cli.profiles import LAPTOP, LAPTOP_TEST, Profile, checked_url, read_profiles
from local.state import read_stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """An api that commands can call."""

    client: ApiClient
    is_laptop: bool
    """Whether it is the stack of `make run`, which may call URLs on this machine."""


@contextmanager
def connected(context: typer.Context, profile: str | None) -> Iterator[Connection]:
    """The api to talk to. Errors inside end the command.

    In this order: `--profile` or `PARCELHOOK_PROFILE`; `PARCELHOOK_URL` with `PARCELHOOK_KEY`; the stack of `make run`.
    """
    with told():
        found = _found(profile)
        # A caller of the application may hand in its own transport.
        transport = context.obj if isinstance(context.obj, httpx.BaseTransport) else None
        with build_http(found.base_url, found.key, transport) as http:
            yield Connection(client=ApiClient(http), is_laptop=_is_laptop(found.base_url))


@contextmanager
def client(context: typer.Context, profile: str | None) -> Iterator[ApiClient]:
    """As `connected`, for commands that need no more than the calls."""
    with connected(context, profile) as connection:
        yield connection.client


def _found(name: str | None) -> Profile:
    if name is None and (url := os.environ.get("PARCELHOOK_URL")):
        key = os.environ.get("PARCELHOOK_KEY")
        if not key:
            raise CommandError("PARCELHOOK_URL is set; set PARCELHOOK_KEY too.")
        return Profile(base_url=checked_url(url), key=key)
    if name in {None, LAPTOP, LAPTOP_TEST}:
        return _laptop("sandbox" if name == LAPTOP_TEST else "live")
    profiles = read_profiles()
    if name not in profiles:
        raise CommandError(f"There is no profile {name}; `parcelhook profiles add {name} --url …` makes it.")
    return profiles[name]


def _laptop(kind: str) -> Profile:
    directory = Path(os.environ.get("LOCAL_STATE_DIR") or ".local")
    stack = read_stack(directory)
    if stack is None:
        raise CommandError(
            f"No stack is running here: there is no {directory}/stack.json. "
            "Start one with `make run`, or name a deployed one with --profile."
        )
    return Profile(base_url=stack["base_url"], key=stack["keys"][kind])


def _is_laptop(base_url: str) -> bool:
    return httpx.URL(base_url).host in {"127.0.0.1", "localhost", "::1"}
