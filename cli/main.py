"""The entry point of the `parcelhook` command."""

import typer

from cli import accounts, keys, secrets

app = typer.Typer(
    name="parcelhook",
    help="Administers Parcelhook: the stack of `make run`, or with --stage a deployed one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts.app, name="accounts")
app.add_typer(keys.app, name="keys")
app.add_typer(secrets.app, name="secrets")


def run() -> None:
    """What the installed command calls."""
    app()
