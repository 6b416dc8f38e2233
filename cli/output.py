"""What commands say on standard output."""

import json
from collections.abc import Sequence
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
