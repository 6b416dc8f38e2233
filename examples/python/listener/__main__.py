"""`python -m listener` serves; with `report`, `tasks` or `status` it prints."""

import csv
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO

import uvicorn

from listener.app import make_app
from listener.settings import Settings, SettingsError, read_settings
from listener.shipments import read_shipments
from listener.shop import report, warehouse_tasks
from listener.store import Store

USAGE = "usage: python -m listener [serve | report | tasks | status]"


def main(arguments: Sequence[str], environment: Mapping[str, str], output: TextIO) -> int:
    """Returns the exit code."""
    try:
        settings = read_settings(environment)
    except SettingsError as error:
        return _complain(str(error))
    match list(arguments):
        case [] | ["serve"]:
            return _serve(settings)
        case ["report"]:
            today = f"{datetime.now(UTC):%Y-%m-%d}"
            _print(report(Store(settings.data), read_shipments(settings.shipments), today), output)
        case ["tasks"]:
            _print(warehouse_tasks(Store(settings.data)), output)
        case ["status"]:
            _print(_status(Store(settings.data)), output)
        case _:
            return _complain(USAGE)
    return 0


def _serve(settings: Settings) -> int:
    if not settings.sources:
        return _complain("Set SHIPENGINE_SECRET, SHIPPO_SECRET or EHUB_SECRET.")
    logging.basicConfig(level=logging.INFO)
    uvicorn.run(make_app(settings), host=settings.host, port=settings.port, access_log=False)
    return 0


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _status(store: Store) -> list[dict[str, str]]:
    """How many webhooks are in which state, and what is wrong with those that failed."""
    with store.transaction() as database:
        rows = database.execute(
            "SELECT state, count(*) AS webhooks, max(error) AS error FROM inbox GROUP BY state ORDER BY state"
        ).fetchall()
    return [{"state": row["state"], "webhooks": str(row["webhooks"]), "error": row["error"] or ""} for row in rows]


def _print(rows: Sequence[Mapping[str, str]], output: TextIO) -> None:
    if rows:
        table = csv.DictWriter(output, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, sys.stdout))
