"""Options that all commands have."""

from typing import Annotated

import typer

Stage = Annotated[
    str | None,
    typer.Option("--stage", metavar="NAME", help="A deployed stage. Without it: the stack of `make run`."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The id of the account, acct_….")]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        envvar="PARCELHOOK_PROFILE",
        help="A deployed stage (`parcelhook profiles`). Without it: the stack of `make run`.",
    ),
]
SubscriptionId = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="The id of the subscription.")]
DeliveryId = Annotated[str, typer.Argument(metavar="DELIVERY", help="The id of the delivery, dlv_….")]
EventId = Annotated[
    str, typer.Argument(metavar="EVENT", help="The id of the event, or the one that its publisher gave.")
]
