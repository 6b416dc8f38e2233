"""Holds what the stack tells each function against what that function really asks its settings for."""

from collections.abc import Callable
from typing import Any

import pytest

from parcelhook.clock import SystemClock
from parcelhook.delivery.observers import Observer
from parcelhook.resources import API, DISPATCH, FUNCTIONS, INGEST, RETRY, Function
from parcelhook.services.api import build_api_services
from parcelhook.services.dispatch import build_engine, build_observer
from parcelhook.services.ingest import build_ingest_services
from parcelhook.services.retry import build_redriver, build_survey
from parcelhook.settings import PREFIX, Settings
from tests.infra.template import Template
from tests.infra.test_functions import environment

BUILDERS: dict[str, Callable[[Settings], object]] = {
    API.name: build_api_services,
    DISPATCH.name: lambda settings: (build_engine(settings, Observer()), build_observer(settings, SystemClock())),
    RETRY.name: lambda settings: (build_redriver(settings), build_survey(settings)),
    INGEST.name: build_ingest_services,
}
# `Settings` insists on both tables, and the handlers ask for the log level.
ALWAYS = {"registry_table", "ledger_table", "log_level"}


class Watched(Settings):
    """Settings that remember what they were asked for."""

    asked: set[str]

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_"):
            Watched.asked.add(name)
        return super().__getattribute__(name)


def given(template: Template, function: Function) -> set[str]:
    return {name.removeprefix(PREFIX).lower() for name in environment(template, function)}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_function_is_told_what_it_asks_for_and_no_more(
    dev: Template, function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(Watched, "asked", set(), raising=False)
    # What CloudFormation is to put in is no text yet.
    told = {name: str(value) for name, value in environment(dev, function).items()}
    BUILDERS[function.name](Watched.from_environment(told))
    told_to_anybody = set[str]().union(*(given(dev, each) for each in FUNCTIONS))
    expected = Watched.asked & told_to_anybody | ALWAYS
    if function is RETRY:
        # CloudFormation cannot tell a function its own ARN; Lambda does, with each invocation.
        expected -= {"retry_function_arn"}
    assert given(dev, function) == expected


@pytest.mark.parametrize("function", [API, DISPATCH], ids=lambda function: function.name)
def test_who_judges_endpoints_knows_the_names_of_the_service(dev: Template, function: Function) -> None:
    own = environment(dev, function)["PARCELHOOK_OWN_HOSTS"]
    assert "ApiEndpoint" in str(own)
