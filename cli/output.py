"""What commands say on standard output."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from parcelhook.clock import to_text
from parcelhook.model.account import Account, ApiKey


def show(content: dict[str, Any], text: str, *, as_json: bool) -> None:
    """`content` for programs, `text` for people."""
    typer.echo(json.dumps(content, indent=2) if as_json else text)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they must be."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def pretty(content: object) -> str:
    """JSON for people."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def json_line(content: object) -> None:
    """One line of JSON, at once."""
    print(json.dumps(content, ensure_ascii=False), flush=True)


def fields(content: Mapping[str, object]) -> str:
    """A line for each member, those without a value as a dash."""
    width = max(len(name) for name in content)
    return "\n".join(f"{name.ljust(width)}  {'-' if value is None else value}" for name, value in content.items())


def coloured(text: str, *, good: bool) -> str:
    """Green or red, unless `NO_COLOR` is set. On what is no terminal, `typer.echo` leaves colours out."""
    return (
        text if os.environ.get("NO_COLOR") else typer.style(text, fg=typer.colors.GREEN if good else typer.colors.RED)
    )


def account_json(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "parent_id": account.parent_id,
        "created_at": to_text(account.created_at),
    }


def key_json(key: ApiKey) -> dict[str, Any]:
    """A key as far as it is known: without its text."""
    return {
        "id": key.id,
        "account_id": key.account_id,
        "mode": key.mode,
        "hint": key.hint,
        "created_at": to_text(key.created_at),
        "revoked_at": to_text(key.revoked_at) if key.revoked_at else None,
    }
