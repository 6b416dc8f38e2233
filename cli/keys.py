"""`parcelhook keys`."""

from typing import Annotated

import typer

from cli.options import AccountId, Json, Stage
from cli.output import key_json, show, table
from cli.target import administration
from parcelhook.clock import to_text
from parcelhook.model.account import ApiKey, Mode
from parcelhook.security.api_keys import KeyStyle

app = typer.Typer(no_args_is_help=True, help="API keys: each proves one account, in live or in test mode.")


@app.command()
def create(
    context: typer.Context,
    account: AccountId,
    mode: Annotated[Mode, typer.Option(help="Live and test never see each other's webhooks and events.")],
    style: Annotated[
        KeyStyle, typer.Option(help="How the key begins, for clients that look. Any key works in any dialect.")
    ] = KeyStyle.SHIPENGINE,
    stage: Stage = None,
    as_json: Json = False,
) -> None:
    """Create an API key and show it, this once."""
    with administration(context, stage) as admin:
        key, text = admin.create_key(account, mode=mode, style=style)
    told = f"{text}\n\nThis is the only time that the key {key.id} is shown: it is stored as a hash. Keep it safe."
    show(key_json(key) | {"key": text}, told, as_json=as_json)


@app.command("list")
def list_all(context: typer.Context, account: AccountId, stage: Stage = None, as_json: Json = False) -> None:
    """List an account's keys, revoked ones too, oldest first."""
    with administration(context, stage) as admin:
        keys = admin.list_keys(account)
    show({"keys": [key_json(key) for key in keys]}, _listed(keys), as_json=as_json)


@app.command()
def revoke(
    context: typer.Context,
    account: AccountId,
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="The id of the key, key_….")],
    stage: Stage = None,
    as_json: Json = False,
) -> None:
    """Make a key worthless. It cannot be undone."""
    with administration(context, stage) as admin:
        key = admin.revoke_key(account, key_id)
    show(key_json(key), f"The key {key.id} ({key.hint}) is revoked; it stops working within 10 s.", as_json=as_json)


def _listed(keys: list[ApiKey]) -> str:
    rows = [[key.id, key.mode, key.hint, to_text(key.created_at), _revoked(key)] for key in keys]
    return table(["ID", "MODE", "KEY", "CREATED", "REVOKED"], rows) if rows else "The account has no keys."


def _revoked(key: ApiKey) -> str:
    return to_text(key.revoked_at) if key.revoked_at else "-"
