import dataclasses
from typing import Any

import pytest

from infra.config import StageSettings, StageSettingsError
from parcelhook.resources import EVENTS_MAPPING
from parcelhook.settings import Settings


def test_defaults_are_those_of_the_application() -> None:
    settings, application = StageSettings(), Settings(registry_table="r", ledger_table="l")
    shared = _names(StageSettings) & _names(Settings)
    # The parameters' names are derived from the stage, and where there is none, as on a laptop, nothing is measured.
    for name in shared - {"stage"}:
        assert getattr(settings, name) == getattr(application, name)
    assert {"retry_interval_seconds", "retry_attempts", "ledger_days", "allowed_ports", "log_level"} <= shared
    assert settings.max_concurrency == EVENTS_MAPPING.max_concurrency


def _names(kind: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def test_context_from_the_command_line_is_text() -> None:
    settings = StageSettings.from_context(
        {"stage": "prod", "throttle_rate": " 20 ", "allowed_ports": "443,8443", "keep_data": "False"}
    )
    assert (settings.stage, settings.throttle_rate, settings.allowed_ports) == ("prod", 20, (443, 8443))
    assert settings.keep_data is False


def test_context_from_a_file_has_types() -> None:
    settings = StageSettings.from_context({"throttle_rate": 20, "allowed_ports": [443], "keep_data": True})
    assert (settings.throttle_rate, settings.allowed_ports, settings.keep_data) == (20, (443,), True)


def test_context_of_cdk_itself_is_left_alone() -> None:
    context = {"@aws-cdk/core:checkSecretUsage": True, "aws:cdk:toolkit": "x", "acknowledged-issue-numbers": []}
    assert StageSettings.from_context(context) == StageSettings()


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({"stage": "Prod"}, "stage is 'Prod', but must be 1 to 16 small letters, digits and hyphens"),
        ({"stage": "-dev"}, "stage is '-dev', but must be"),
        ({"stage": "a" * 17}, "but must be 1 to 16"),
        ({"stage": ""}, "stage is '', but must be"),
        ({"throttle_rate": "fast"}, "throttle_rate is 'fast', but must be a whole number."),
        ({"throttle_rate": "0"}, "throttle_rate is 0, but must be 1 to 10,000."),
        ({"throttle_burst": "5001"}, "throttle_burst is 5001, but must be 1 to 5,000."),
        ({"max_concurrency": "1"}, "max_concurrency is 1, but must be 2 to 1,000."),
        ({"log_retention_days": "10"}, "log_retention_days is 10, but must be one of 1, 3, 5, 7, 14"),
        ({"log_level": "LOUD"}, "log_level is 'LOUD', but must be one of DEBUG, INFO, WARNING, ERROR."),
        ({"keep_data": "maybe"}, "keep_data is 'maybe', but must be true or false."),
        ({"alarm_email": "me"}, "alarm_email is 'me', but must be an e-mail address."),
        ({"budget_usd": "20"}, "budget_usd needs alarm_email"),
        (
            {"custom_domain": "https://a.example.com"},
            "custom_domain is 'https://a.example.com', but must be a domain name",
        ),
        ({"custom_domain": "a.example.com"}, "custom_domain and certificate_arn need each other"),
        ({"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/0f"}, "need each other"),
        ({"certificate_arn": "0f"}, "certificate_arn is '0f', but must be the ARN of a certificate"),
        ({"batching_window_seconds": "11"}, "batching_window_seconds is 11, but must be 0 to 10."),
        ({"ledger_days": "1", "retry_attempts": "2", "retry_interval_seconds": "86400"}, "take longer than the 1 days"),
        ({"budget_usd": "-1", "alarm_email": "me@example.com"}, "budget_usd is -1, but must be"),
        ({"ledger_days": "0"}, "ledger_days is 0, but must be 1 to 365."),
        ({"retry_interval_seconds": "59"}, "retry_interval_seconds is 59, but must be 60 to 86,400."),
        ({"retry_attempts": "11"}, "retry_attempts is 11, but must be 1 to 10."),
        ({"retry_jitter_seconds": "301"}, "retry_jitter_seconds is 301, but must be 0 to 300."),
        ({"allowed_ports": "443,http"}, "allowed_ports is '443,http', but must be whole numbers, comma-separated."),
        ({"allowed_ports": "70000"}, "allowed_ports is (70000,), but must be ports, 1 to 65,535."),
        ({"resource_base_url": "http://a.example"}, "but must be an https URL"),
        ({"throttel_rate": "5"}, "throttel_rate is not a setting; the settings are stage, "),
    ],
)
def test_wrong_setting_is_one_clear_sentence(context: dict[str, object], sentence: str) -> None:
    with pytest.raises(StageSettingsError) as error:
        StageSettings.from_context(context)
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("stage", "kept"), [("dev", False), ("dev-anna", False), ("prod", True), ("development", True), ("staging", True)]
)
def test_data_is_kept_unless_the_stage_is_plainly_for_development(stage: str, kept: bool) -> None:
    assert StageSettings(stage=stage).keeps_data is kept
    assert StageSettings(stage=stage, keep_data=not kept).keeps_data is not kept


def test_secrets_are_named_after_the_stage() -> None:
    settings = StageSettings(stage="qa")
    assert settings.master_secret_parameter == "/parcelhook/qa/master-secret"
    assert settings.signing_key_parameter == "/parcelhook/qa/signing-key"
