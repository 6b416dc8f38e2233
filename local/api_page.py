"""Writes `docs/api.md` from the routes, so that nothing is told twice: `python -m local.api_page`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.api.documentation.document import build_document
from functions.api.routes import GROUPS

PAGE = Path(__file__).parents[1] / "docs/api.md"

_BEGINNING = """# API reference

Every call, what it answers, and how it refuses. Members, forms and examples are in `/openapi.json` of your deployment
(OpenAPI 3.1), and at `/docs` to be read. A key goes into `API-Key: …`, `Authorization: Bearer …` or
`Authorization: ShippoToken …`, on a vendor's routes into that vendor's own.

This page is written by `.venv/bin/python -m local.api_page` from the routes; a test compares them.
"""


def page() -> str:
    """The whole page, as Markdown."""
    api = build_document(GROUPS, {})
    return _BEGINNING + "".join("".join(_part(api, tag)) for tag in api["tags"])


def _part(api: dict[str, Any], tag: dict[str, str]) -> Iterator[str]:
    yield f"\n## {tag['name']}\n\n{tag['description']}\n\n"
    yield "| Call | | Answers | Refuses with |\n| --- | --- | --- | --- |\n"
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            if tag["name"] in operation["tags"]:
                yield f"| `{method.upper()} {path}` | {_told(operation)} | {_statuses(operation, '23')} | "
                yield f"{_statuses(operation, '45')} |\n"


def _told(operation: dict[str, Any]) -> str:
    description = operation.get("description")
    return f"{operation['summary']}." + (f" {description}" if description else "")


def _statuses(operation: dict[str, Any], kinds: str) -> str:
    return ", ".join(status for status in operation["responses"] if status[0] in kinds)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
