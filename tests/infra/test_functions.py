import dataclasses

import pytest

from parcelhook.resources import API, DISPATCH, FUNCTIONS, RETRY, Function
from parcelhook.settings import PREFIX, Settings
from tests.infra.template import Template

BY_NAME = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


def environment(template: Template, function: Function) -> dict[str, str]:
    found: dict[str, str] = template.properties(f"Functions{function.name.capitalize()}")["Environment"]["Variables"]
    return found


@BY_NAME
def test_function_is_that_of_the_definition(dev: Template, function: Function) -> None:
    properties = dev.properties(f"Functions{function.name.capitalize()}")
    assert properties["Handler"] == function.handler
    assert properties["Timeout"] == function.timeout
    assert properties["MemorySize"] == function.memory
    assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
    assert properties["Layers"] == ["FunctionsLayer"]


@BY_NAME
def test_no_concurrency_is_reserved_and_nothing_is_traced(dev: Template, function: Function) -> None:
    properties = dev.properties(f"Functions{function.name.capitalize()}")
    assert "ReservedConcurrentExecutions" not in properties
    assert "TracingConfig" not in properties


@BY_NAME
def test_logs_are_json_in_a_group_of_the_functions_own(dev: Template, function: Function) -> None:
    name = f"Functions{function.name.capitalize()}"
    logging = dev.properties(name)["LoggingConfig"]
    levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}
    group = logging["LogGroup"]
    assert group.startswith(name)
    assert group in dev.of_type("AWS::Logs::LogGroup")
    assert logging == {"LogFormat": "JSON", "LogGroup": group} | levels


def test_logs_that_hold_no_metrics_are_of_the_cheaper_class(dev: Template) -> None:
    classes = {name: group["LogGroupClass"] for name, group in dev.of_type("AWS::Logs::LogGroup").items()}
    dearer = {name for name, log_class in classes.items() if log_class == "STANDARD"}
    assert dearer == {"FunctionsDispatchLogs", "FunctionsRetryLogs"}
    assert set(classes.values()) == {"STANDARD", "INFREQUENT_ACCESS"}


@BY_NAME
def test_environment_is_what_the_settings_read(dev: Template, function: Function) -> None:
    variables = environment(dev, function)
    known = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}
    assert set(variables) <= known
    settings = Settings.from_environment(variables)
    assert settings.registry_table == "TablesRegistry"
    assert settings.ledger_table == "TablesLedger"
    assert settings.dangerous_allow_private_endpoints is False


def test_api_is_told_where_to_publish_and_where_its_secrets_are(dev: Template) -> None:
    settings = Settings.from_environment(environment(dev, API))
    assert settings.events_queue_url == "QueuesEvents"
    assert settings.master_secret_parameter == "/parcelhook/dev/master-secret"
    assert settings.signing_key_parameter == "/parcelhook/dev/signing-key"
    assert settings.schedule_group == ""


def test_dispatch_is_told_how_to_schedule_a_retry(dev: Template) -> None:
    settings = Settings.from_environment(environment(dev, DISPATCH))
    assert settings.schedule_group == dev.properties("SchedulesGroup")["Name"]
    assert settings.retry_function_arn == "FunctionsRetry.Arn"
    assert settings.scheduler_role_arn == "SchedulesRole.Arn"
    assert settings.scheduler_dead_letter_arn == "QueuesSchedulerDeadLetters.Arn"
    assert settings.signing_key_parameter == "/parcelhook/dev/signing-key"


def test_dispatch_is_told_where_a_held_worker_finds_more_events(dev: Template) -> None:
    assert Settings.from_environment(environment(dev, DISPATCH)).events_queue_url == "QueuesEvents"


def test_retry_is_told_no_secret_and_not_its_own_name(dev: Template) -> None:
    settings = Settings.from_environment(environment(dev, RETRY))
    assert settings.retries_queue_url == "QueuesRetries"
    assert settings.schedule_group == dev.properties("SchedulesGroup")["Name"]
    assert settings.retry_function_arn == ""
    assert settings.master_secret_parameter == ""


def test_settings_of_the_stage_reach_the_functions(prod: Template) -> None:
    dispatch = Settings.from_environment(environment(prod, DISPATCH))
    assert dispatch.retry_interval_seconds == 3600
    assert dispatch.retry_attempts == 5
    assert dispatch.retry_jitter_seconds == 120
    assert dispatch.ledger_days == 60
    assert dispatch.resource_base_url == "https://parcels.example.com"
    assert Settings.from_environment(environment(prod, API)).allowed_ports == (443,)
    for function in FUNCTIONS:
        assert Settings.from_environment(environment(prod, function)).log_level == "WARNING"
        logging = prod.properties(f"Functions{function.name.capitalize()}")["LoggingConfig"]
        assert logging["ApplicationLogLevel"] == "INFO"


def test_layer_is_for_the_functions_platform(dev: Template) -> None:
    layer = dev.properties("FunctionsLayer")
    assert (layer["CompatibleRuntimes"], layer["CompatibleArchitectures"]) == (["python3.13"], ["arm64"])


def test_development_logs_are_forgotten_and_deleted(dev: Template) -> None:
    groups = dev.of_type("AWS::Logs::LogGroup")
    assert len(groups) == len(FUNCTIONS) + 1
    for name, properties in groups.items():
        assert properties["RetentionInDays"] == 14
        assert dev.resources[name]["DeletionPolicy"] == "Delete"


def test_production_logs_outlive_the_stack_for_their_time(prod: Template) -> None:
    for name, properties in prod.of_type("AWS::Logs::LogGroup").items():
        assert properties["RetentionInDays"] == 90
        assert prod.resources[name]["DeletionPolicy"] == "Retain"
