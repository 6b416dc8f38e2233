"""What the person may choose, and the settings that follow from it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from infra.config import StageSettings
from local import layout
from local.configuration import Configuration
from parcelhook.errors import SettingsError
from parcelhook.settings import Settings


def test_configuration_without_variables_has_the_defaults() -> None:
    assert Configuration.from_environment({}) == Configuration(
        port=8000,
        retry_interval_seconds=7200,
        visibility_timeout_seconds=None,
        throttle_rate=50,
        throttle_burst=100,
        publish_rate=500,
        publish_burst=10_000,
        state_directory=Path(".local"),
    )


def test_publishers_are_limited_as_those_of_a_stage_by_default() -> None:
    stage = StageSettings()
    configuration = Configuration()
    for name in ("throttle_rate", "throttle_burst", "publish_rate", "publish_burst"):
        assert getattr(configuration, name) == getattr(stage, name), name


def test_configuration_reads_every_variable() -> None:
    environment = {
        "PORT": "0",
        "RETRY_INTERVAL_SECONDS": "5",
        "VISIBILITY_TIMEOUT_SECONDS": "3",
        "THROTTLE_RATE": "7",
        "THROTTLE_BURST": "9",
        "PUBLISH_RATE": "11",
        "PUBLISH_BURST": "111",
        "LOCAL_STATE_DIR": "/elsewhere",
    }
    assert Configuration.from_environment(environment) == Configuration(
        port=0,
        retry_interval_seconds=5,
        visibility_timeout_seconds=3,
        throttle_rate=7,
        throttle_burst=9,
        publish_rate=11,
        publish_burst=111,
        state_directory=Path("/elsewhere"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "\uff18\uff10"),
        ("RETRY_INTERVAL_SECONDS", "0"),
        ("RETRY_INTERVAL_SECONDS", "1.5"),
        ("RETRY_INTERVAL_SECONDS", "86401"),
        ("VISIBILITY_TIMEOUT_SECONDS", "0"),
        ("THROTTLE_RATE", "0"),
        ("THROTTLE_BURST", "5001"),
        ("PUBLISH_RATE", "0"),
        ("PUBLISH_BURST", "99"),
    ],
)
def test_configuration_with_a_senseless_value_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Configuration.from_environment({name: value})


@pytest.mark.parametrize(
    ("interval", "bucket", "lead", "grace", "minutes"),
    [
        (7200, 60, 120, 600, 5),
        (3600, 60, 120, 300, 5),
        (900, 15, 30, 75, 5),
        (60, 1, 2, 5, 1),
        (5, 1, 2, 3, 1),
        (2, 1, 2, 3, 1),
        (1, 1, 1, 2, 1),
    ],
)
def test_times_shrink_with_the_retry_interval(interval: int, bucket: int, lead: int, grace: int, minutes: int) -> None:
    assert layout.bucket_seconds(interval) == bucket
    assert layout.bucket_lead_seconds(interval) == lead
    assert layout.sweep_grace_seconds(interval) == grace
    assert layout.sweep_minutes(interval) == minutes


@given(interval=integers(1, 86_400))
def test_times_fit_each_other(interval: int) -> None:
    assert 1 <= layout.bucket_seconds(interval) <= layout.bucket_lead_seconds(interval) <= interval
    assert layout.sweep_grace_seconds(interval) > layout.bucket_seconds(interval)


def test_settings_at_the_default_interval_are_those_of_a_deployment_but_for_the_laptop_s_own() -> None:
    settings = layout.settings(Configuration())
    deployed = Settings(registry_table="r", ledger_table="l")
    timing = ("retry_interval_seconds", "bucket_seconds", "bucket_lead_seconds", "sweep_grace_seconds")
    assert [getattr(settings, name) for name in timing] == [getattr(deployed, name) for name in timing]
    assert settings.dangerous_allow_private_endpoints
    assert settings.subscription_cache_seconds == settings.key_cache_seconds == 1


def test_settings_survive_the_environment() -> None:
    settings = layout.settings(replace(Configuration(), retry_interval_seconds=5))
    assert Settings.from_environment(settings.to_environment()) == settings


@pytest.mark.parametrize(("visibility", "claim"), [(None, 90), (3, 3), (600, 90)])
def test_claim_ends_before_a_message_is_given_up(visibility: int | None, claim: int) -> None:
    configuration = Configuration(visibility_timeout_seconds=visibility)
    assert layout.settings(configuration).claim_seconds == claim


@pytest.mark.parametrize(("visibility", "lease"), [(None, 60), (3, 15), (600, 60)])
def test_event_id_of_a_dead_call_is_free_sooner_where_messages_live_shorter(visibility: int | None, lease: int) -> None:
    configuration = Configuration(visibility_timeout_seconds=visibility)
    assert layout.settings(configuration).publication_lease_seconds == lease
