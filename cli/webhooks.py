"""`parcelhook webhooks`: subscriptions of every dialect."""

from typing import Annotated, Any

import typer

from cli.connection import client
from cli.options import Json, Profile, SubscriptionId
from cli.output import coloured, fields, show, table

app = typer.Typer(no_args_is_help=True, help="Webhooks: who wants which events, where, and in whose dialect.")

Url = Annotated[str, typer.Argument(metavar="URL", help="Where the webhooks go.")]
Header = Annotated[
    list[str] | None,
    typer.Option("--header", metavar="'NAME: VALUE'", help="Sent with every webhook; may be repeated."),
]


@app.command("list")
def list_all(context: typer.Context, profile: Profile = None, as_json: Json = False) -> None:
    """List all webhooks of the key's account and mode, oldest first."""
    with client(context, profile) as api:
        content = api.get("/v1/subscriptions")
    show(content, _listed(content["subscriptions"]), as_json=as_json)


@app.command("show")
def show_one(
    context: typer.Context, subscription: SubscriptionId, profile: Profile = None, as_json: Json = False
) -> None:
    """Show one webhook."""
    with client(context, profile) as api:
        content = api.get(f"/v1/subscriptions/{subscription}")
    show(content, _told(content), as_json=as_json)


@app.command()
def dialects(context: typer.Context, profile: Profile = None, as_json: Json = False) -> None:
    """List the dialects and their events."""
    with client(context, profile) as api:
        content = api.get("/v1/dialects")
    rows = [
        [each["name"], event["name"], ", ".join(event["event_types"]) or "-"]
        for each in content["dialects"]
        for event in each["events"]
    ]
    show(content, table(["DIALECT", "EVENT", "COVERS"], rows), as_json=as_json)


@app.command()
def create(
    context: typer.Context,
    dialect: Annotated[str, typer.Argument(help="shipengine, shippo or ehub.")],
    event: Annotated[
        str, typer.Argument(help="The event as the dialect names it; see `parcelhook webhooks dialects`.")
    ],
    url: Url,
    header: Header = None,
    disabled: Annotated[bool, typer.Option("--disabled", help="Make it, but switched off.")] = False,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Create a webhook.

    Example: parcelhook webhooks create shipengine track https://example.com/hooks
    """
    wanted: dict[str, Any] = {"dialect": dialect, "event": event, "url": url, "enabled": not disabled}
    if header:
        wanted["headers"] = _headers(header)
    with client(context, profile) as api:
        content = api.call("POST", "/v1/subscriptions", wanted)
    show(content, f"Webhook {content['id']} is created.", as_json=as_json)


@app.command()
def update(
    context: typer.Context,
    subscription: SubscriptionId,
    url: Annotated[str | None, typer.Option(help="Where its webhooks go from now on.")] = None,
    header: Header = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Change a webhook's URL, or all of its headers."""
    wanted: dict[str, Any] = {"url": url} if url else {}
    if header:
        wanted["headers"] = _headers(header)
    if not wanted:
        raise typer.BadParameter("nothing to change; give --url or --header.")
    _change(context, profile, subscription, wanted, "is changed", as_json=as_json)


@app.command()
def enable(
    context: typer.Context, subscription: SubscriptionId, profile: Profile = None, as_json: Json = False
) -> None:
    """Switch a webhook on."""
    _change(context, profile, subscription, {"enabled": True}, "is on", as_json=as_json)


@app.command()
def disable(
    context: typer.Context, subscription: SubscriptionId, profile: Profile = None, as_json: Json = False
) -> None:
    """Switch a webhook off. It keeps its URL."""
    _change(context, profile, subscription, {"enabled": False}, "is off", as_json=as_json)


@app.command()
def delete(
    context: typer.Context, subscription: SubscriptionId, profile: Profile = None, as_json: Json = False
) -> None:
    """Delete a webhook."""
    with client(context, profile) as api:
        api.call("DELETE", f"/v1/subscriptions/{subscription}")
    show({"id": subscription}, f"Webhook {subscription} is deleted.", as_json=as_json)


@app.command("test")
def send_test(
    context: typer.Context,
    subscription: SubscriptionId,
    event_type: Annotated[str | None, typer.Option("--type", help="An event type that it covers.")] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Send a sample to a webhook at once, and show what came back. Exits with 1 unless it was delivered."""
    wanted = {"event_type": event_type} if event_type else {}
    with client(context, profile) as api:
        content = api.call("POST", f"/v1/subscriptions/{subscription}/test", wanted)
    show(content, _tested(content), as_json=as_json)
    if content["outcome"] != "delivered":
        raise typer.Exit(1)


@app.command()
def secret(
    context: typer.Context, subscription: SubscriptionId, profile: Profile = None, as_json: Json = False
) -> None:
    """Show the secret that a webhook is signed with."""
    with client(context, profile) as api:
        content = api.get(f"/v1/subscriptions/{subscription}/secret")
    show(content, content["secret"], as_json=as_json)


@app.command()
def rotate_secret(
    context: typer.Context, subscription: SubscriptionId, profile: Profile = None, as_json: Json = False
) -> None:
    """Change the secret that a webhook is signed with. The one before signs too for 24 hours."""
    with client(context, profile) as api:
        content = api.call("POST", f"/v1/subscriptions/{subscription}/rotate-secret")
    told = f"{content['secret']}\n\nThe secret before signs too until {content['previous_signs_until']}."
    show(content, told, as_json=as_json)


@app.command()
def stats(
    context: typer.Context,
    subscription: SubscriptionId,
    window: Annotated[str, typer.Option(help="From 1h to 7d.")] = "24h",
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Show how a webhook has been doing."""
    with client(context, profile) as api:
        content = api.get(f"/v1/subscriptions/{subscription}/stats", window=window)
    names = ("window", "delivered", "failed", "retrying", "discarded", "p50_ms", "p95_ms")
    last = content["last"]
    told = {name: content[name] for name in names} | ({"last": f"{last['outcome']} at {last['at']}"} if last else {})
    show(content, fields(told), as_json=as_json)


def _change(
    context: typer.Context, profile: str | None, subscription: str, wanted: dict[str, Any], told: str, *, as_json: bool
) -> None:
    with client(context, profile) as api:
        content = api.call("PATCH", f"/v1/subscriptions/{subscription}", wanted)
    show(content, f"Webhook {subscription} {told}.", as_json=as_json)


def _headers(lines: list[str]) -> dict[str, str]:
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise typer.BadParameter(f"a header is 'NAME: VALUE', not {line!r}.")
        headers[name.strip()] = value.strip()
    return headers


def _listed(subscriptions: list[dict[str, Any]]) -> str:
    if not subscriptions:
        return "There are no webhooks yet; `parcelhook webhooks create` makes one."
    rows = [[each["id"], each["dialect"], each["event"], _state(each), each["url"]] for each in subscriptions]
    return table(["ID", "DIALECT", "EVENT", "STATE", "URL"], rows)


def _state(subscription: dict[str, Any]) -> str:
    if not subscription["enabled"]:
        return "off"
    if subscription["disabled_by_failures"]:
        return "disabled"
    circuit = subscription["circuit"]["state"]
    return "on" if circuit == "closed" else f"on, circuit {circuit}"


def _told(subscription: dict[str, Any]) -> str:
    policy = subscription["retry_policy"]
    plain = {name: subscription[name] for name in ("id", "dialect", "event", "mode", "url")}
    return fields(
        plain
        | {
            "state": _state(subscription),
            "retries": f"{policy['attempts']} attempts, {policy['interval_seconds']} s apart",
            "created_at": subscription["created_at"],
        }
    )


def _tested(content: dict[str, Any]) -> str:
    answer = f"{content['status_code']}" if content["status_code"] else content["error"]
    good = content["outcome"] == "delivered"
    lines = [f"{coloured(str(answer), good=good)} after {content['duration_ms']} ms from {content['url']}"]
    lines += [text for text in (content["message"], content["response_body"]) if text]
    return "\n".join(lines)
