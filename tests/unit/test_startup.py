import gc
from collections.abc import Iterator

import pytest

from parcelhook import startup


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture
def _on_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "parcelhook-api")


@pytest.mark.usefixtures("_on_lambda")
def test_on_lambda_the_function_is_built_at_its_start_with_the_collector_at_rest() -> None:
    built: list[bool] = []

    startup.begin()
    startup.finish(lambda: built.append(gc.isenabled()))

    assert built == [False]
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_elsewhere_importing_a_handler_builds_nothing_and_leaves_the_collector_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    built: list[str] = []

    startup.begin()
    assert gc.isenabled()
    startup.finish(lambda: built.append("built"))

    assert built == []
    assert gc.isenabled()
