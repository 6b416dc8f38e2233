"""What is used is listed with its licence, and may be used."""

import re
from email.message import Message
from typing import Any

import pytest

from infra.licences import PAGE, LicenceError, allowed, licence_of, page
from tests.supply_chain.test_lock import OTHERS, REPOSITORY

OF_OTHERS = re.compile(r"copyright|@licen[cs]e|^/\*!", re.IGNORECASE | re.MULTILINE)


class Installed:
    """A package with nothing but metadata."""

    def __init__(self, *lines: tuple[str, str]) -> None:
        self.metadata: Any = Message()
        for name, value in lines:
            self.metadata[name] = value


def said(*lines: tuple[str, str]) -> str:
    found: Any = {"it": Installed(*lines)}
    return licence_of("it", found)


def test_page_is_as_the_lock_and_the_packages_say() -> None:
    """`make licences` brings it up to date."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_locked_package_is_listed_once() -> None:
    rows = re.findall(r"^\| ([a-z0-9][a-z0-9.-]*) \| ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted({package["name"] for package in OTHERS})


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "MIT AND AGPL-3.0-or-later", "", "(MIT OR LGPL-2.1-only)", "UNKNOWN"]
)
def test_licence_that_is_not_in_the_list_is_refused(licence: str) -> None:
    with pytest.raises(LicenceError, match="acme"):
        allowed("acme", licence)


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0 OR BSD-3-Clause", "(MIT AND PSF-2.0)"])
def test_licence_in_the_list_is_allowed(licence: str) -> None:
    assert allowed("acme", licence) == licence


def test_expression_counts_before_what_was_said_of_old() -> None:
    assert said(("Classifier", "License :: OSI Approved :: MIT License"), ("License-Expression", "MIT-0")) == "MIT-0"


def test_field_counts_before_a_classifier_of_a_whole_family() -> None:
    assert said(("License", "BSD-3-Clause"), ("Classifier", "License :: OSI Approved :: BSD License")) == "BSD-3-Clause"


def test_text_of_a_licence_in_the_field_is_no_name_of_one() -> None:
    lines = (
        ("License", "Permission is granted to nobody"),
        ("Classifier", "License :: OSI Approved :: ISC License (ISCL)"),
    )
    assert said(*lines) == "ISC"
    assert said(lines[0]) == "Permission is granted to nobody"


def test_package_that_is_not_installed_has_to_be_read() -> None:
    with pytest.raises(LicenceError, match="not installed"):
        licence_of("acme", {})


def test_front_end_bears_no_notice_of_others() -> None:
    """What somebody else wrote would need its licence beside it, and a place on the page."""
    files = [path for path in (REPOSITORY / "functions/api/portal").rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path.name for path in files if OF_OTHERS.search(path.read_text(encoding="utf-8"))] == []
