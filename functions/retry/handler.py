"""Lambda entry of retry: EventBridge Scheduler says which bucket is due, or that it is time to sweep."""

import os
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from parcelhook.delivery.redrive import Redriver
from parcelhook.errors import PoisonedMessageError
from parcelhook.services.retry import build_redriver
from parcelhook.settings import Settings
from parcelhook.telemetry import build_logger

_settings = cache(lambda: Settings.from_environment(os.environ))
_logger = cache(lambda: build_logger(_settings().log_level))


@cache
def _redriver(own_arn: str) -> Redriver:
    """Schedules call this very function, whose ARN CloudFormation cannot tell it."""
    return build_redriver(replace(_settings(), retry_function_arn=own_arn))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Re-drives what is due. What it raises makes Lambda and the schedule try again, which is safe."""
    redriver = _redriver(context.invoked_function_arn)
    match event:
        case {"kind": "due", "bucket": str(bucket), "shard": int(shard)}:
            count = redriver.redrive(datetime.fromisoformat(bucket), shard)
        case {"kind": "sweep"}:
            count = redriver.sweep()
        case _:
            raise PoisonedMessageError("The schedule's input is not one that is known here.")
    _logger().info("deliveries.redriven", **event, count=count)
    return {"count": count}
