"""Options that all commands have."""

from typing import Annotated

import typer

Stage = Annotated[
    str | None,
    typer.Option("--stage", metavar="NAME", help="A deployed stage. Without it: the stack of `make run`."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The id of the account, acct_….")]
