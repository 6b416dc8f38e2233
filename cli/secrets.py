"""`parcelhook secrets`: the deployment's master secret and its RSA key."""

from typing import Annotated

import typer

from cli.failures import told
from cli.laptop import laptop_settings
from cli.options import Json, Stage
from cli.output import show
from cli.stage import removed_stage_settings, stack_name, stage_settings
from cli.target import administration, laptop_aws, reader
from parcelhook.services import build_administration
from parcelhook.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The two secrets of a deployment, in SSM Parameter Store.")

_IN_USE = "{} uses these secrets: nothing can be delivered without them, and new ones sign differently."


@app.command()
def create(context: typer.Context, stage: Stage = None, as_json: Json = False) -> None:
    """Create the secrets that are missing. None is ever replaced."""
    with administration(context, stage) as admin:
        made = admin.ensure_secrets()
    text = "\n".join(f"The secret {name} is created." for name in made) or "Both secrets are there already."
    show({"created": made}, text, as_json=as_json)


@app.command()
def delete(
    context: typer.Context,
    stage: Stage = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete the secrets, for instance those of a stage that was destroyed."""
    with told():
        if stage is None:
            with laptop_aws():
                _delete(laptop_settings(), user="The laptop stack", yes=yes, as_json=as_json)
        elif (read := reader(context))(stack_name(stage)) is None:
            _delete(removed_stage_settings(stage), user=None, yes=yes, as_json=as_json)
        else:
            _delete(stage_settings(stage, read), user=stack_name(stage), yes=yes, as_json=as_json)


def _delete(settings: Settings, *, user: str | None, yes: bool, as_json: bool) -> None:
    """`user` is what still needs the secrets."""
    names = [settings.master_secret_parameter, settings.signing_key_parameter]
    warning = f"{_IN_USE.format(user)} " if user else ""
    if not yes:
        typer.confirm(f"{warning}Delete {names[0]} and {names[1]} for good?", abort=True, err=True)
    build_administration(settings).secrets.delete()
    show({"deleted": names}, f"The secrets {names[0]} and {names[1]} are gone.", as_json=as_json)
