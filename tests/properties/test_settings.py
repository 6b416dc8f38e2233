"""Settings survive the environment, and whatever else the environment says is refused by name."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from parcelhook.errors import SettingsError
from parcelhook.settings import PREFIX, Settings

KINDS: dict[object, st.SearchStrategy[object]] = {
    str: st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    int: st.integers(),
    bool: st.booleans(),
    tuple[str, ...]: st.lists(st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True)).map(tuple),
    tuple[int, ...]: st.lists(st.integers(1, 65535), min_size=1).map(tuple),
}
SETTINGS = st.builds(Settings, **{field.name: KINDS[field.type] for field in fields(Settings)})
NAMES = st.sampled_from([PREFIX + field.name.upper() for field in fields(Settings)])
REQUIRED = {PREFIX + "REGISTRY_TABLE": "registry", PREFIX + "LEDGER_TABLE": "ledger"}


@given(SETTINGS)
def test_any_settings_come_back_from_their_environment(settings: Settings) -> None:
    assert Settings.from_environment(settings.to_environment()) == settings


@given(NAMES, st.text(max_size=30) | st.integers().map(str) | st.lists(st.text(max_size=5)).map(",".join))
def test_any_text_is_a_setting_or_refused_by_its_name(name: str, text: str) -> None:
    try:
        settings = Settings.from_environment(REQUIRED | {name: text})
    except SettingsError as error:
        refusal = str(error)
    else:
        refusal = name
        assert Settings.from_environment(settings.to_environment()) == settings
    assert refusal.startswith(name)
