"""`parcelhook events`, and `explain` for one."""

from typing import Annotated, Any

import typer

from cli.connection import client
from cli.options import EventId, Json, Profile
from cli.output import fields, pretty, show, table

app = typer.Typer(no_args_is_help=True, help="Events: what was published.")


@app.command("list")
def list_all(
    context: typer.Context,
    event_type: Annotated[str | None, typer.Option("--type", metavar="EVENT_TYPE", help="Only of this type.")] = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="So many at most.")] = 20,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """List events, newest first."""
    with client(context, profile) as api:
        found = list(api.pages("/v1/events", "events", most=most, type=event_type))
    rows = [[each["id"], each["type"], each["accepted_at"]] for each in found]
    text = table(["ID", "TYPE", "ACCEPTED"], rows) if rows else "There are no events yet."
    show({"events": found}, text, as_json=as_json)


@app.command("show")
def show_one(context: typer.Context, event: EventId, profile: Profile = None, as_json: Json = False) -> None:
    """Show an event and where it went."""
    with client(context, profile) as api:
        content = api.get(f"/v1/events/{event}")
    show(content, _told(content), as_json=as_json)


@app.command()
def erase(
    context: typer.Context,
    event: EventId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Erase an event's data for good. What waits to be sent is discarded."""
    if not yes:
        typer.confirm(f"Erase the data of {event}? It cannot be undone.", abort=True)
    with client(context, profile) as api:
        api.call("DELETE", f"/v1/events/{event}/data")
    show({"id": event}, f"The data of {event} is erased.", as_json=as_json)


def explain(context: typer.Context, event: EventId, profile: Profile = None, as_json: Json = False) -> None:
    """Say why an event did or did not go to each webhook."""
    with client(context, profile) as api:
        content = api.get(f"/v1/events/{event}/explain")
    rows = [
        [each["subscription_id"], each["dialect"], each["event"], each["verdict"], each["explanation"]]
        for each in content["subscriptions"]
    ]
    text = table(["WEBHOOK", "DIALECT", "EVENT", "VERDICT", "WHY"], rows) if rows else "There are no webhooks at all."
    show(content, text, as_json=as_json)


def _told(event: dict[str, Any]) -> str:
    head = fields({name: event[name] for name in ("id", "type", "mode", "accepted_at", "occurred_at")})
    rows = [[each["id"], each["state"], str(each["attempt_count"]), each["url"]] for each in event["deliveries"]]
    went = table(["DELIVERY", "STATE", "ATTEMPTS", "URL"], rows) if rows else "It went to nobody."
    return f"{head}\n\n{pretty(event['data'])}\n\n{went}"
