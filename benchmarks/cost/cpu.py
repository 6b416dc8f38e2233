"""CPU milliseconds that the functions take, measured against canned answers of AWS: `python -m benchmarks.cost.cpu`.

A process of its own, since moto, which the counted flow runs on, slows botocore down.
"""

import json
import logging
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import stage
from benchmarks.engine import Scenario, measure
from benchmarks.tls_endpoint import running_endpoint
from functions.api.app import build_app
from functions.api.routes import GROUPS
from parcelhook.catalogue import sample
from parcelhook.model.event import EventType
from parcelhook.services.api import build_api_services
from parcelhook.services.outside import client
from tests.api_calls import api_event

_CALLS, _ROUNDS = 20, 5
_KEY = "TEST_" + "x" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """CPU milliseconds."""

    delivery: float
    """Of one by dispatch, in batches of ten, RSA signature included."""
    single: float
    """Of a call of the api that publishes one event."""
    hundred: float
    """Of a call of the api that publishes a hundred."""
    aws_call: float
    """Of a write of a single item."""


class _Loud(logging.Handler):
    """Ends the measurement when anything is warned of: it would be of something else than what works."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


def measured() -> Cpu:
    """Measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.cost.cpu"]
    return Cpu(**json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))  # noqa: S603


def _milliseconds(call: Any, times: int) -> float:
    """Of one call: the best of some rounds of so many, which is the nearest to an idle machine."""
    call()
    return min(_round(call, times) for _ in range(_ROUNDS))


def _round(call: Any, times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) * 1000 / times


def _measure() -> Cpu:
    with running_endpoint() as endpoint:
        delivery = measure(endpoint, Scenario("shipengine", 10, 1), rounds=3)[0].engine
        with stage.running_stage(stage.subscription("shippo", "https://hooks.example.com/")):
            app = build_app(build_api_services(stage.SETTINGS), GROUPS)
            logging.getLogger("parcelhook").addHandler(_Loud(logging.WARNING))
            item = {"type": "tracking.updated", "data": sample(EventType.TRACKING_UPDATED)}
            bodies = [json.dumps(item), json.dumps([item] * 100)]
            single, hundred = (_milliseconds(lambda body=body: _publish(app, body), _CALLS) for body in bodies)
            put = client("dynamodb").put_item
            stored: Any = {"pk": {"S": "x"}, "sk": {"S": "y"}, "data": {"B": bytes(700)}}
            aws_call = _milliseconds(lambda: put(TableName="ledger", Item=stored), 40)
    return Cpu(delivery=delivery, single=single, hundred=hundred, aws_call=aws_call)


def _publish(app: Any, body: str) -> None:
    event = api_event("POST", "/v1/events", {"api-key": _KEY}, body)
    answer = app(event, None)
    assert answer["statusCode"] == 202, answer


if __name__ == "__main__":
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    print(json.dumps(asdict(_measure())))
