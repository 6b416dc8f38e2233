from dataclasses import fields, replace

import pytest

from parcelhook.errors import SettingsError
from parcelhook.settings import Settings

REQUIRED = {"PARCELHOOK_REGISTRY_TABLE": "registry", "PARCELHOOK_LEDGER_TABLE": "ledger"}


def read(**environment: str) -> Settings:
    return Settings.from_environment(REQUIRED | {f"PARCELHOOK_{name}": text for name, text in environment.items()})


def test_what_is_not_set_has_its_default() -> None:
    assert read() == Settings(registry_table="registry", ledger_table="ledger")


def test_vendors_promises_are_the_defaults() -> None:
    settings = read()
    assert (settings.retry_attempts, settings.retry_interval_seconds, settings.retry_jitter_seconds) == (3, 7200, 0)
    assert settings.ledger_days == 30
    assert settings.dangerous_allow_private_endpoints is False


@pytest.mark.parametrize("missing", REQUIRED)
def test_missing_table_is_named(missing: str) -> None:
    environment = {name: text for name, text in REQUIRED.items() if name != missing}
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environment(environment)


def test_each_kind_of_value_is_read() -> None:
    settings = read(RETRY_ATTEMPTS="5", ALLOWED_PORTS="443,8443,9443", DANGEROUS_ALLOW_PRIVATE_ENDPOINTS="TRUE")
    assert settings.retry_attempts == 5
    assert settings.allowed_ports == (443, 8443, 9443)
    assert settings.dangerous_allow_private_endpoints is True


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RETRY_ATTEMPTS", "three"),
        ("RETRY_ATTEMPTS", ""),
        ("ALLOWED_PORTS", "443,"),
        ("DANGEROUS_ALLOW_PRIVATE_ENDPOINTS", "1"),
        ("DANGEROUS_ALLOW_PRIVATE_ENDPOINTS", "yes"),
    ],
)
def test_value_that_makes_no_sense_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"PARCELHOOK_{name}"):
        read(**{name: text})


def test_settings_come_back_from_their_environment() -> None:
    settings = replace(read(), allowed_ports=(1, 2), log_level="DEBUG", dangerous_allow_private_endpoints=True)
    assert Settings.from_environment(settings.to_environment()) == settings


def test_every_setting_has_a_variable() -> None:
    names = {f"PARCELHOOK_{field.name.upper()}" for field in fields(Settings)}
    assert set(read().to_environment()) == names


def test_other_variables_are_not_ours() -> None:
    assert Settings.from_environment(REQUIRED | {"PATH": "/bin", "AWS_REGION": "eu-west-1"}) == read()
