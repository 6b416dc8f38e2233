"""`parcelhook recover`."""

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.client import ApiClient
from cli.connection import client
from cli.moments import moment
from cli.options import Json, Profile, SubscriptionId
from cli.output import fields, show
from parcelhook.clock import SystemClock
from parcelhook.model.delivery import DeliveryState

_LOOK_SECONDS = 1.0


def recover(
    context: typer.Context,
    subscription: SubscriptionId,
    since: Annotated[str, typer.Option(help="From when on: 2h, 3d, or a time such as 2026-01-31T12:00:00Z.")],
    until: Annotated[str | None, typer.Option(help="Up to when; without it, up to this moment.")] = None,
    state: Annotated[
        list[DeliveryState] | None,
        typer.Option(help="Deliveries in this state; may be repeated. Discarded and held by default."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many, how long and at what cost; send nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Show how far it is until it is done.")] = True,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Send a webhook's deliveries again, at a bounded rate. Ctrl-C cancels what is not queued yet.

    Example: parcelhook recover SUBSCRIPTION --since 6h --dry-run
    """
    now = SystemClock().now()
    wanted: dict[str, Any] = {"since": moment(since, now), "dry_run": dry_run}
    if until:
        wanted["until"] = moment(until, now)
    if state:
        wanted["states"] = [str(each) for each in state]
    with client(context, profile) as api:
        content = api.call("POST", f"/v1/subscriptions/{subscription}/recover", wanted)
        if not dry_run and wait:
            content = Following(api, time.sleep).follow(content)
    show(content, _told(content), as_json=as_json)
    if content.get("state") == "cancelled":
        raise typer.Exit(1)


class Following:
    """Looks at a recovery until it has ended."""

    def __init__(self, api: ApiClient, sleep: Callable[[float], None]) -> None:
        self._api = api
        self._sleep = sleep

    def follow(self, recovery: dict[str, Any]) -> dict[str, Any]:
        """The recovery when it has ended. Ctrl-C cancels it. Raises `CommandError`."""
        path = f"/v1/recoveries/{recovery['id']}"
        console = Console(stderr=True)
        columns = (TextColumn("queued"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
                task = bar.add_task("queued", total=None)
                while recovery["state"] == "running":
                    bar.update(task, completed=recovery["queued"], total=recovery["found"] or None)
                    self._sleep(_LOOK_SECONDS)
                    recovery = self._api.get(path)
        except KeyboardInterrupt:
            recovery = self._api.call("POST", f"{path}/cancel")
        return recovery


def _told(content: dict[str, Any]) -> str:
    if content.get("dry_run"):
        return fields({name: content[name] for name in ("deliveries", "seconds", "cost_usd")})
    if content["state"] == "running":
        return f"Recovery {content['id']} is running."
    word = "done" if content["state"] == "done" else "cancelled"
    return f"Recovery {content['id']} is {word}: {content['queued']} deliveries are sent again."
