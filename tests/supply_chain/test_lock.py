"""What is installed is what was locked: each package by its version, each of its files by its hash."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES: list[dict[str, Any]] = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))["package"]
OTHERS = [package for package in PACKAGES if package["name"] != "parcelhook"]
REGISTRY = {"registry": "https://pypi.org/simple"}
REQUIREMENTS = [
    *REPOSITORY.glob("infra/rehearsal/*.txt"),
    *REPOSITORY.glob("tests/contract/sdk/locks/*.txt"),
]


def test_every_package_comes_from_the_registry() -> None:
    assert [package["name"] for package in OTHERS if package["source"] != REGISTRY] == []


def test_every_file_of_every_package_has_its_hash() -> None:
    for package in OTHERS:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        for file in files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), file["url"]
            assert file["url"].startswith("https://files.pythonhosted.org/")


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_environments_beside_it_are_hashed_too(path: Path) -> None:
    """Each requirement with its version, and a hash before the next."""
    wanted = re.split(r"^(?=[A-Za-z0-9])", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    requirements = [part for part in wanted if re.match(r"[A-Za-z0-9]", part)]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[A-Za-z0-9._\[\]-]+==\S+", requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", requirement), requirement
