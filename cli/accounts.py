"""`parcelhook accounts`."""

from typing import Annotated

import typer

from cli.options import Json, Stage
from cli.output import account_json, show
from cli.target import administration

app = typer.Typer(no_args_is_help=True, help="Accounts: each has its own keys, subscriptions and events.")

_LONGEST_NAME = 200


def _checked_name(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise typer.BadParameter(f"a name is 1 to {_LONGEST_NAME} printable characters.")
    return name


@app.callback()
def accounts() -> None:
    """Keeps `create` a command of its own, though it is the only one."""


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What people call it.", callback=_checked_name)],
    parent: Annotated[str | None, typer.Option(metavar="ID", help="The id of the account it belongs to.")] = None,
    stage: Stage = None,
    as_json: Json = False,
) -> None:
    """Create an account, and the deployment's secrets where they are missing."""
    with administration(context, stage) as admin:
        account = admin.create_account(name, parent_id=parent)
    follow_up = f"parcelhook keys create {account.id} --mode live" + (f" --stage {stage}" if stage else "")
    show(account_json(account), f"Account {account.id} is created. A key for it: {follow_up}", as_json=as_json)
