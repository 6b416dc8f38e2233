"""What docs/architecture.md and docs/decisions tell of the repository is there."""

import re

import pytest

from tests.docs.blocks import REPOSITORY

_DECISIONS = REPOSITORY / "docs" / "decisions"
_PARTS = ("**What.**", "**Why.**", "**Rejected.**", "**What would change our mind.**")
_PACKAGE = REPOSITORY / "layers" / "common" / "python" / "parcelhook"


def _read(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


def _files_named(page: str) -> set[str]:
    return set(re.findall(r"`((?:\w+/)*\w+(?:\.py|/))`", _read(page)))


def _decisions() -> list[str]:
    return sorted(path.name for path in _DECISIONS.glob("[0-9]*.md"))


def test_architecture_names_the_files_of_each_step() -> None:
    assert {
        "functions/api/app.py",
        "publishing.py",
        "delivery/planner.py",
        "functions/retry/handler.py",
    } <= _files_named("docs/architecture.md")


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_files_that_a_page_names_exist(page: str) -> None:
    roots = (REPOSITORY, _PACKAGE, _PACKAGE.parent)
    named = {name for name in _files_named(page) if "acme" not in name}
    assert [name for name in sorted(named) if not any((root / name).exists() for root in roots)] == []


def test_index_names_every_decision_once() -> None:
    """A new decision gets a line in docs/decisions/README.md."""
    named = re.findall(r"\((\d{3}-[\w-]+\.md)\)", _read("docs/decisions/README.md"))
    assert sorted(named) == _decisions()


def test_numbers_of_decisions_are_given_once() -> None:
    numbers = [name[:3] for name in _decisions()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", _decisions())
def test_decision_is_headed_by_its_number_and_has_all_parts(name: str) -> None:
    text = _read(f"docs/decisions/{name}")
    assert text.startswith(f"# {name[:3]}: ")
    assert [part for part in _PARTS if part not in text] == []
