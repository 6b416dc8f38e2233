from infra import settings_page
from infra.config import StageSettings
from infra.setting_rules import RULES


def test_page_tells_what_the_code_does() -> None:
    written = settings_page.PAGE.read_text(encoding="utf-8")
    assert written == settings_page.page(), "write it anew: .venv/bin/python -m infra.settings_page"


def test_every_number_has_its_unit_or_counts_something() -> None:
    rows = [line.split(" | ") for line in settings_page.page().splitlines() if line.startswith("| `")]
    assert [row[0].strip("|` ") for row in rows] == list(StageSettings.__dataclass_fields__)
    units = {"seconds": "in seconds", "days": "in days", "usd": "in US dollars"}
    for name, *_, text in rows:
        unit = units.get(name.strip("|` ").rpartition("_")[2], "")
        assert unit in text


def test_every_setting_has_a_rule_unless_its_type_is_one() -> None:
    assert {name for name in StageSettings.__dataclass_fields__ if name not in RULES} == {"keep_data"}
