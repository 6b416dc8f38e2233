"""Functions run as on Lambda."""

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from local.lambdas import Context, Environments, Handler, invoke
from parcelhook.resources import API, DISPATCH
from tests.unit.local.fixed_clock import FixedClock


def test_context_tells_the_time_that_remains(clock: FixedClock) -> None:
    context = Context(DISPATCH, monotonic=clock.monotonic)
    assert context.get_remaining_time_in_millis() == DISPATCH.timeout * 1000
    clock.forward(1.5)
    assert context.get_remaining_time_in_millis() == DISPATCH.timeout * 1000 - 1500
    clock.forward(1000)
    assert context.get_remaining_time_in_millis() == 0


def test_context_names_the_function() -> None:
    context = Context(DISPATCH)
    assert context.function_name == "parcelhook-local-dispatch"
    assert context.invoked_function_arn.endswith(":function:parcelhook-local-dispatch")
    assert context.memory_limit_in_mb == str(DISPATCH.memory)
    assert context.aws_request_id != Context(DISPATCH).aws_request_id


def test_handler_cannot_change_the_caller_s_event() -> None:
    event: dict[str, Any] = {"list": []}
    invoke(lambda given, context: given["list"].append(1), API, event)
    assert event == {"list": []}


def test_answer_that_is_not_json_is_an_error() -> None:
    with pytest.raises(TypeError):
        invoke(lambda event, context: {"body": b"bytes"}, API, {})


class Builder:
    """Makes handlers that wait for each other, and counts what happened."""

    def __init__(self, parties: int) -> None:
        self.built = 0
        self._barrier = threading.Barrier(parties)

    def __call__(self) -> Handler:
        self.built += 1
        busy = threading.Lock()

        def handler(event: dict[str, Any], context: Any) -> Any:
            assert busy.acquire(blocking=False), "an environment serves one event at a time"
            try:
                self._barrier.wait(10)
            finally:
                busy.release()
            return event["number"]

        return handler


def test_environments_serve_one_event_each_at_a_time() -> None:
    builder = Builder(parties=3)
    environments = Environments(API, builder, most=3)
    environments.warm()
    futures: list[Future[Any]] = [
        environments.executor.submit(environments.invoke, {"number": number}) for number in range(9)
    ]
    assert [future.result(20) for future in futures] == list(range(9))
    assert builder.built == 3


def test_environment_is_used_again_after_an_error() -> None:
    builds: list[int] = []

    def build() -> Handler:
        builds.append(1)
        return lambda event, context: 1 // event["by"]

    environments = Environments(API, build, most=1)
    with pytest.raises(ZeroDivisionError):
        environments.invoke({"by": 0})
    assert environments.invoke({"by": 1}) == 1
    assert len(builds) == 1
