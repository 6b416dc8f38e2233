"""Writes `docs/settings.md` from `infra/config.py`, so that nothing is told twice: `python -m infra.settings_page`."""

import ast
from dataclasses import fields
from itertools import pairwise

from infra.config import StageSettings
from infra.interpreters import REPOSITORY
from infra.setting_rules import RULES

PAGE = REPOSITORY / "docs/settings.md"

_BEGINNING = """# Settings of a stage

What `make deploy STAGE=prod SETTINGS="alarm_email=ops@example.com throttle_rate=20"` takes, and plain CDK as
`-c throttle_rate=20`. A setting that is misspelt, out of range, or contradicts another ends synthesis with a sentence.
A setting that is left out has its default, whatever the deployment before was given: keep the ones you use in a script.

This page is written by `.venv/bin/python -m infra.settings_page` from [infra/config.py](../infra/config.py); a test
compares them.

| Setting | Default | Must be | |
| --- | --- | --- | --- |
"""

_END = """
These go together:

- `budget_usd` needs `alarm_email`.
- `custom_domain` and `certificate_arn` need each other.
- `retry_attempts` and `retry_interval_seconds` must fit into `ledger_days`.
"""

_KINDS = {"bool | None": "true or false"}


def page() -> str:
    """The whole page, as Markdown."""
    texts = _texts()
    rows = [
        (f"`{field.name}`", _default(field.default), _wanted(field.name, str(field.type)), texts[field.name])
        for field in fields(StageSettings)
    ]
    return _BEGINNING + "".join(f"| {' | '.join(row)} |\n" for row in rows) + _END


def _default(value: object) -> str:
    if value is None:
        return "unset"
    return f"`{','.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _wanted(name: str, kind: str) -> str:
    return RULES[name].wanted if name in RULES else _KINDS[kind]


def _texts() -> dict[str, str]:
    """The text below each field. Python itself does not keep it."""
    module = ast.parse((REPOSITORY / "infra/config.py").read_text(encoding="utf-8"))
    (body,) = (
        node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == StageSettings.__name__
    )
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
