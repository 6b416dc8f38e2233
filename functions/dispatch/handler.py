"""Lambda entry of dispatch: a batch of SQS messages in, the ids of those to be received again out."""

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from parcelhook import startup
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.errors import PoisonedMessageError
from parcelhook.messages import decode
from parcelhook.services.dispatch import build_engine, build_observer
from parcelhook.services.outside import REAL
from parcelhook.settings import Settings
from parcelhook.telemetry import build_logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# A slow name server holds a thread; there must be enough for the others.
_THREADS = 64

_settings = cache(lambda: Settings.from_environment(os.environ))
_logger = cache(lambda: build_logger(_settings().log_level))


@cache
def _engine() -> Engine:
    _logger()
    return build_engine(_settings(), build_observer(_settings(), REAL.clock))


@cache
def _runner() -> asyncio.Runner:
    runner = asyncio.Runner()
    runner.get_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="dispatch"))
    return runner


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Dispatches a batch. Messages that cannot be read come again, and at last go to the dead-letter queue."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000
    return _runner().run(dispatch(_engine(), event, deadline=deadline))


async def dispatch(engine: Engine, event: dict[str, Any], *, deadline: float) -> dict[str, Any]:
    """Has `engine` dispatch what SQS handed over; the answer tells the event source mapping what failed."""
    poisoned: set[str] = set()
    messages = list(_readable(event["Records"], poisoned))
    failed = poisoned | await engine.dispatch(messages, deadline=deadline)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(failed)]}


def _readable(records: list[dict[str, Any]], poisoned: set[str]) -> Iterator[ReceivedMessage]:
    for record in records:
        try:
            message = decode(record["body"])
        except PoisonedMessageError as error:
            told = {"message_id": record["messageId"], "reason": str(error)}
            _logger().error("message.poisoned", extra=told)
            poisoned.add(record["messageId"])
            continue
        receive_count = int(record["attributes"]["ApproximateReceiveCount"])
        yield ReceivedMessage(id=record["messageId"], message=message, receive_count=receive_count)


startup.finish(_engine)
