"""Lambda entry of retry: EventBridge Scheduler says which bucket is due, or that it is time to sweep."""

import os
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from parcelhook import startup
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.survey import Survey
from parcelhook.errors import PoisonedMessageError
from parcelhook.services.retry import build_redriver, build_survey
from parcelhook.settings import Settings
from parcelhook.telemetry import build_logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_settings = cache(lambda: Settings.from_environment(os.environ))
_logger = cache(lambda: build_logger(_settings().log_level))


@cache
def _redriver(own_arn: str) -> Redriver:
    """Schedules call this very function, whose ARN CloudFormation cannot tell it."""
    return build_redriver(replace(_settings(), retry_function_arn=own_arn))


@cache
def _survey() -> Survey:
    return build_survey(_settings())


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Re-drives what is due. What it raises makes Lambda and the schedule try again, which is safe."""
    count = redrive(_redriver(context.invoked_function_arn), event)
    _logger().info("deliveries.redriven", extra=event | {"count": count})
    if event["kind"] == "sweep":
        _survey().take()
    return {"count": count}


def redrive(redriver: Redriver, event: dict[str, Any]) -> int:
    """Has `redriver` do what a schedule asks for. Answers how many deliveries it found."""
    match event:
        case {"kind": "due", "bucket": str(bucket), "shard": int(shard)}:
            return redriver.redrive(datetime.fromisoformat(bucket), shard)
        case {"kind": "sweep"}:
            return redriver.sweep()
        case _:
            raise PoisonedMessageError("The schedule's input is not one that is known here.")


# The rest waits for the first call, which tells the function who it is.
startup.finish(_logger)
