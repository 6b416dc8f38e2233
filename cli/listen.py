"""`parcelhook listen`."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

import httpx
import typer

from cli.client import ApiClient, ApiError
from cli.connection import connected
from cli.failures import CommandError
from cli.forwarding import Forwarded, forwarding
from cli.interruptions import as_ctrl_c
from cli.options import Json, Profile
from cli.output import coloured, json_line

_CONFLICT = 409


def listen(
    context: typer.Context,
    forward_to: Annotated[str, typer.Option(help="Your own listener, e.g. http://localhost:3000/hooks.")],
    dialect: Annotated[str, typer.Option(help="shipengine, shippo or ehub.")] = "shippo",
    event: Annotated[
        list[str] | None,
        typer.Option(help="An event as the dialect names it; may be repeated. All of them by default."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Where an event has its one webhook already: use that, and give it its URL back."
        ),
    ] = False,
    seconds: Annotated[float | None, typer.Option("--for", help="End after so many seconds.", min=0.0)] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Subscribe, hand each webhook on to your listener, and print it, until Ctrl-C.

    Your listener's answer is the answer that Parcelhook gets, so a failing listener is tried again as it would be.
    """

    def tell(forwarded: Forwarded) -> None:
        _print(forwarded, as_json=as_json)

    _check_target(forward_to)
    with as_ctrl_c(), connected(context, profile) as connection, ExitStack() as opened:
        if not connection.is_laptop:
            raise CommandError(
                "Only the stack of `make run` can call this machine; a deployed stage needs a public URL."
            )
        http = opened.enter_context(httpx.Client(follow_redirects=False, trust_env=False))
        url = opened.enter_context(forwarding(forward_to, tell, http))
        names = event or _events(connection.client, dialect)
        for name in names:
            opened.enter_context(subscribed(connection.client, dialect, name, url, replace=replace))
        typer.echo(f"Listening to {dialect}: {', '.join(names)}. Ctrl-C ends it.", err=True)
        _wait(seconds)


def _check_target(url: str) -> None:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise typer.BadParameter(f"{url!r} is no URL.", param_hint="'--forward-to'") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise typer.BadParameter("give a URL such as http://localhost:3000/hooks.", param_hint="'--forward-to'")


@contextmanager
def subscribed(api: ApiClient, dialect: str, event: str, url: str, *, replace: bool) -> Iterator[None]:
    """While it lasts, `url` gets this event. Raises `CommandError`."""
    try:
        own = api.call("POST", "/v1/subscriptions", {"dialect": dialect, "event": event, "url": url})["id"]
    except ApiError as error:
        if error.status != _CONFLICT or not replace:
            raise _refused(error, event) from error
        with _borrowed(api, dialect, event, url):
            yield
        return
    try:
        yield
    finally:
        api.call("DELETE", f"/v1/subscriptions/{own}")


@contextmanager
def _borrowed(api: ApiClient, dialect: str, event: str, url: str) -> Iterator[None]:
    """The one webhook that this event may have, at `url` for a while."""
    every = api.get("/v1/subscriptions")["subscriptions"]
    holder = next(each for each in every if (each["dialect"], each["event"]) == (dialect, event))
    path = f"/v1/subscriptions/{holder['id']}"
    api.call("PATCH", path, {"url": url})
    try:
        yield
    finally:
        api.call("PATCH", path, {"url": holder["url"]})


def _refused(error: ApiError, event: str) -> CommandError:
    if error.status == _CONFLICT:
        return CommandError(f"{event}: {error}\nWith --replace its URL is borrowed while you listen.")
    return CommandError(f"{event}: {error}")


def _events(api: ApiClient, dialect: str) -> list[str]:
    """All events of a dialect that there is something to hear of; a catch-all in place of what it covers."""
    known = {each["name"]: each["events"] for each in api.get("/v1/dialects")["dialects"]}
    if dialect not in known:
        raise CommandError(f"There is no dialect {dialect}; there are {', '.join(known)}.")
    covering = [each for each in known[dialect] if each["event_types"]]
    covered = {kind for each in covering for kind in each["event_types"]}
    for each in covering:
        if covered == set(each["event_types"]):
            return [each["name"]]
    return [each["name"] for each in covering]


def _wait(seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    try:
        while end is None or time.monotonic() < end:
            time.sleep(0.2)
    except KeyboardInterrupt:
        return


def _print(forwarded: Forwarded, *, as_json: bool) -> None:
    body = forwarded.body.decode(errors="replace")
    if as_json:
        json_line({"headers": forwarded.headers, "body": body, "status": forwarded.status, "error": forwarded.error})
        return
    good = forwarded.status is not None and forwarded.status < 300
    answer: Any = forwarded.status or forwarded.error
    typer.echo(f"{coloured(str(answer), good=good)}  {forwarded.headers.get('webhook-id', '')}\n{body}\n")
