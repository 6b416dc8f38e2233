"""What the pages say of cost and speed is what a measurement printed."""

import re

from tests.docs.blocks import REPOSITORY, pages

_MEASURED = REPOSITORY / "docs" / "measured"


def test_table_of_costs_quotes_the_measurement() -> None:
    measured = (_MEASURED / "cost.txt").read_text(encoding="utf-8")
    page = (REPOSITORY / "docs" / "cost.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:all but|together|what we aim).*", page, re.MULTILINE)
    quoted = {figure for row in rows for figure in re.findall(r"\$\d+\.\d+", row)}
    assert len(quoted) > 10
    assert [figure for figure in sorted(quoted) if figure not in measured] == []


def test_every_measurement_is_told_of_on_a_page() -> None:
    told = "\n".join((REPOSITORY / page).read_text(encoding="utf-8") for page in pages())
    assert [path.name for path in sorted(_MEASURED.iterdir()) if f"measured/{path.name}" not in told] == []
