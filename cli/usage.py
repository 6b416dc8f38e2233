"""`parcelhook usage`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from cli.connection import client
from cli.options import Json, Profile
from cli.output import show, table
from cli.target import usage_days
from parcelhook.model.account import Mode
from parcelhook.model.usage import DailyUsage
from parcelhook.storage.usage import LONGEST_DAYS
from parcelhook.usage_cost import estimated_usd

_FORMATS = ["%Y-%m-%d"]
_COLUMNS = ("events", "delivered", "discarded", "attempts", "failed", "estimated_cost_usd")


def usage(
    context: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_FORMATS, help="The first day (UTC); 30 days before the last, unless said."),
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_FORMATS, help="The last day; today, unless said.")] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="NAME", help="All accounts of a stage, with AWS credentials.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="ACCOUNT", help="With --stage: only this one, acct_….")
    ] = None,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Show what an account used, day by day, with an estimate of its cost at AWS's list prices."""
    if account and not stage:
        raise typer.BadParameter("--account needs --stage; without, a key says whose usage it is.")
    if stage is None:
        days = {name: f"{day:%Y-%m-%d}" for name, day in (("since", since), ("until", until)) if day}
        with client(context, profile) as api:
            content = api.get("/v1/usage", **days)
        show(
            content,
            _text(["day", *_COLUMNS], [*content["days"], {"day": "in all"} | content["total"]]),
            as_json=as_json,
        )
        return
    last = until.date() if until else datetime.now(UTC).date()
    first = since.date() if since else last - timedelta(days=30)
    found = _of_stage(context, stage, account, first, last)
    content = {"since": first.isoformat(), "until": last.isoformat(), "days": found}
    show(content, _text(["day", "account_id", "mode", *_COLUMNS], found), as_json=as_json)


def _of_stage(context: typer.Context, stage: str, account: str | None, first: date, last: date) -> list[dict[str, Any]]:
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise typer.BadParameter(f"--since must be before --until, by less than {LONGEST_DAYS} days.")
    with usage_days(context, stage) as days:
        if account is None:
            return [_row(each) for each in days.of_all(first, last)]
        found = (each for mode in Mode for each in days.of_account(account, mode, first, last))
        return [_row(each) for each in sorted(found, key=lambda each: (each.day, each.mode))]


def _row(told: DailyUsage) -> dict[str, Any]:
    whose = {"day": told.day.isoformat(), "account_id": told.account_id, "mode": told.mode}
    return whose | asdict(told.usage) | {"estimated_cost_usd": str(estimated_usd(told.usage))}


def _text(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> str:
    headings = [column.replace("estimated_cost_usd", "about $").replace("_id", "").upper() for column in columns]
    listed = [[str(row[column]) for column in columns] for row in rows]
    return table(headings, listed) if listed else "Nothing was used."
