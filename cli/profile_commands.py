"""`parcelhook profiles`."""

from typing import Annotated

import typer

from cli.failures import CommandError, told
from cli.options import Json
from cli.output import show, table
from cli.profiles import LAPTOP, LAPTOP_TEST, Profile, checked_url, read_profiles, write_profiles

app = typer.Typer(no_args_is_help=True, help="Profiles: deployed stages to talk to, each with an API key.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")]


@app.command()
def add(
    name: Name,
    url: Annotated[str, typer.Option(help="The base URL that `make deploy` printed.", callback=checked_url)],
    key: Annotated[
        str,
        typer.Option(
            help="An API key. Asked for when not given, so that no shell history keeps it.",
            prompt=True,
            hide_input=True,
        ),
    ],
    as_json: Json = False,
) -> None:
    """Add a profile, or replace the one of this name."""
    with told():
        if name in {LAPTOP, LAPTOP_TEST} or not name.isprintable() or not name.strip():
            raise CommandError(f"A profile cannot be called {name!r}.")
        write_profiles(read_profiles() | {name: Profile(base_url=url, key=key)})
    show({"name": name, "url": url}, f"Profile {name} is added. Use it with --profile {name}.", as_json=as_json)


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """List profiles, without their keys."""
    with told():
        profiles = read_profiles()
    content = {"profiles": [{"name": name, "url": profile.base_url} for name, profile in profiles.items()]}
    rows = [[name, profile.base_url] for name, profile in profiles.items()]
    show(content, table(["NAME", "URL"], rows) if rows else "There are no profiles yet.", as_json=as_json)


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Forget a profile and its key."""
    with told():
        profiles = read_profiles()
        if name not in profiles:
            raise CommandError(f"There is no profile {name}.")
        write_profiles({other: profile for other, profile in profiles.items() if other != name})
    show({"name": name}, f"Profile {name} is removed. Its API key still works until it is revoked.", as_json=as_json)
