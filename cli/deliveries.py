"""`parcelhook deliveries`, and `tail` over them."""

import time
from typing import Annotated, Any

import typer

from cli.connection import client
from cli.options import DeliveryId, Json, Profile
from cli.output import coloured, fields, json_line, show, table
from cli.tailing import Tail
from parcelhook.model.delivery import DeliveryState

app = typer.Typer(no_args_is_help=True, help="Deliveries: what was sent, and what became of it.")

State = Annotated[DeliveryState | None, typer.Option("--state", help="Only those in this state.")]
Subscription = Annotated[str | None, typer.Option("--subscription", metavar="ID", help="Only those of this webhook.")]
EventType = Annotated[str | None, typer.Option("--type", metavar="EVENT_TYPE", help="Only of this event type.")]
TrackingNumber = Annotated[str | None, typer.Option("--tracking-number", help="Only of this parcel.")]


@app.command("list")
def list_all(
    context: typer.Context,
    state: State = None,
    subscription: Subscription = None,
    event_type: EventType = None,
    tracking_number: TrackingNumber = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="So many at most.")] = 20,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """List deliveries, those of the newest events first."""
    wanted = _filters(state, subscription, event_type, tracking_number)
    with client(context, profile) as api:
        found = list(api.pages("/v1/deliveries", "deliveries", most=most, **wanted))
    rows = [[each["id"], each["state"], str(each["attempt_count"]), each["event_type"], each["url"]] for each in found]
    text = table(["ID", "STATE", "ATTEMPTS", "TYPE", "URL"], rows) if rows else "There are no such deliveries."
    show({"deliveries": found}, text, as_json=as_json)


@app.command("show")
def show_one(context: typer.Context, delivery: DeliveryId, profile: Profile = None, as_json: Json = False) -> None:
    """Show a delivery with all its attempts."""
    with client(context, profile) as api:
        content = api.get(f"/v1/deliveries/{delivery}")
    show(content, _told(content), as_json=as_json)


@app.command()
def retry(context: typer.Context, delivery: DeliveryId, profile: Profile = None, as_json: Json = False) -> None:
    """Send a delivery again at once, whatever its state."""
    with client(context, profile) as api:
        content = api.call("POST", f"/v1/deliveries/{delivery}/retry")
    show(
        content, f"Delivery {delivery} is sent again; `parcelhook deliveries show` tells the outcome.", as_json=as_json
    )


def tail(
    context: typer.Context,
    subscription: Subscription = None,
    event_type: EventType = None,
    every: Annotated[float, typer.Option(help="Seconds between looks.", min=0.2)] = 1.0,
    seconds: Annotated[float | None, typer.Option("--for", help="End after so many seconds.", min=0.0)] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Show deliveries as they happen, until Ctrl-C. With --json: a line for each change."""
    wanted = _filters(None, subscription, event_type, None)
    end = None if seconds is None else time.monotonic() + seconds
    with client(context, profile) as api:
        tailed = Tail(api, wanted)
        try:
            for delivery in tailed.start():
                _print_change(delivery, as_json=as_json)
            while end is None or time.monotonic() < end:
                time.sleep(every)
                for delivery in tailed.changes():
                    _print_change(delivery, as_json=as_json)
        except KeyboardInterrupt:
            return


def _filters(
    state: str | None, subscription: str | None, event_type: str | None, tracking_number: str | None
) -> dict[str, str | None]:
    return {
        "state": state,
        "subscription": subscription,
        "event_type": event_type,
        "tracking_number": tracking_number,
    }


def _print_change(delivery: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        json_line(delivery)
        return
    state = delivery["state"]
    word = coloured(state.ljust(9), good=state == "delivered")
    attempts = f"attempt {delivery['attempt_count']}" if delivery["attempt_count"] else "no attempt"
    following = f", next at {delivery['next_attempt_at']}" if delivery["next_attempt_at"] else ""
    typer.echo(f"{delivery['updated_at']}  {word}  {attempts}{following}  {delivery['event_type']}  {delivery['url']}")


def _told(delivery: dict[str, Any]) -> str:
    names = ("id", "state", "reason", "event_id", "event_type", "subscription_id", "dialect", "mode", "url")
    rows = [
        [
            str(each["number"]),
            each["at"],
            str(each["status_code"] or each["error"]),
            f"{each['duration_ms']} ms",
            each["message"] or "-",
        ]
        for each in delivery["attempts"]
    ]
    head = fields({name: delivery[name] for name in (*names, "next_attempt_at")})
    return f"{head}\n\n{table(['ATTEMPT', 'AT', 'ANSWER', 'AFTER', 'MESSAGE'], rows)}" if rows else head
