"""The entry point of the `parcelhook` command."""

import typer

from cli import accounts, dead_letters, deliveries, events, keys, profile_commands, secrets, webhooks
from cli.export import export
from cli.listen import listen
from cli.moving_in import import_webhooks
from cli.publish import publish
from cli.recover import recover
from cli.usage import usage

app = typer.Typer(
    name="parcelhook",
    help="Works with Parcelhook: the stack of `make run`, or a deployed one.\n\n"
    "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_DAILY = "With an API key"
_ADMINISTRATION = "With AWS credentials"

app.command(rich_help_panel=_DAILY)(publish)
app.add_typer(webhooks.app, name="webhooks", rich_help_panel=_DAILY)
app.add_typer(events.app, name="events", rich_help_panel=_DAILY)
app.add_typer(deliveries.app, name="deliveries", rich_help_panel=_DAILY)
app.command(rich_help_panel=_DAILY)(events.explain)
app.command(rich_help_panel=_DAILY)(recover)
app.command(rich_help_panel=_DAILY)(usage)
app.command(rich_help_panel=_DAILY)(deliveries.tail)
app.command(rich_help_panel=_DAILY)(listen)
app.command(rich_help_panel=_DAILY)(export)
app.command("import", rich_help_panel=_DAILY)(import_webhooks)
app.add_typer(profile_commands.app, name="profiles", rich_help_panel=_DAILY)
app.add_typer(accounts.app, name="accounts", rich_help_panel=_ADMINISTRATION)
app.add_typer(keys.app, name="keys", rich_help_panel=_ADMINISTRATION)
app.add_typer(secrets.app, name="secrets", rich_help_panel=_ADMINISTRATION)
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel=_ADMINISTRATION)


def run() -> None:
    """What the installed command calls."""
    app()
