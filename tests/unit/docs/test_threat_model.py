"""The threat model names tests; they must be there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+|\*)`", PAGE)))


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_test_that_is_named_exists(path: str, name: str) -> None:
    found = names_in(ROOT / path)
    assert found if name == "*" else name in found


def test_every_claim_names_a_test() -> None:
    rows = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not re.match(r"\| (---|Who|Attempt|\|)", line)
    ]
    assert len(rows) >= 29
    assert [row for row in rows if "::" not in row] == []


@pytest.mark.parametrize("number", range(1, 11))
def test_each_of_the_owasp_top_ten_is_answered(number: int) -> None:
    assert f"| API{number} " in PAGE
