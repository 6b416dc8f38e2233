"""`parcelhook accounts`."""

from typing import Annotated

import typer

from cli.failures import CommandError
from cli.options import AccountId, Json, Stage
from cli.output import account_json, show
from cli.target import administration

app = typer.Typer(no_args_is_help=True, help="Accounts: each has its own keys, subscriptions and events.")

_LONGEST_NAME = 200


def _checked_name(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise typer.BadParameter(f"a name is 1 to {_LONGEST_NAME} printable characters.")
    return name


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


@app.command()
def set_default_webhook(
    context: typer.Context,
    account: AccountId,
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help="Where the updates go.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Forget the URL that was set.")] = False,
    stage: Stage = None,
    as_json: Json = False,
) -> None:
    """Say where tracking updates of bought labels go, unless a Shippo webhook hears of them already."""
    if (url is None) is not none:
        raise typer.BadParameter("give either a URL or --none.")
    with administration(context, stage) as admin:
        if stage and url and not url.startswith("https://"):
            raise CommandError("A deployed stage only calls URLs that begin with https://.")
        admin.set_default_webhook_url(account, url)
    show({"id": account, "default_webhook_url": url}, _told(account, url), as_json=as_json)


def _told(account: str, url: str | None) -> str:
    if url is None:
        return (
            f"Account {account} has no default webhook any more. Webhooks that were made stay until they are deleted."
        )
    return (
        f"When account {account} buys its next label and no Shippo webhook hears of tracking updates, "
        f"one is made: {url}"
    )
