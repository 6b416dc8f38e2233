"""What the worker processes do: they look for work, and look less often while there is none."""

import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import boto3

from local import layout
from local.lambdas import invoke, load_handler
from local.poller import EventSource
from local.scheduler import Scheduler
from parcelhook.clock import SystemClock
from parcelhook.resources import DISPATCH, INGEST, MAPPINGS, RETRY, SLOW_MAPPING, Function, Mapping

SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 0.3
"""Seconds between two looks when there is nothing to do."""


class Source(Protocol):
    """Where work comes from."""

    def poll(self) -> bool:
        """Does some work, if there is any; whether there was."""
        ...


def dispatch_worker() -> Callable[[], None]:
    """Prepares a worker of the dispatch function, and returns what runs it."""
    fast = [mapping for mapping in MAPPINGS if mapping.function == DISPATCH and mapping != SLOW_MAPPING]
    return partial(work_for_ever, _event_sources(DISPATCH, fast))


def slow_worker() -> Callable[[], None]:
    """Prepares a worker of the dispatch function for the slow lane, and returns what runs it."""
    return partial(work_for_ever, _event_sources(DISPATCH, [SLOW_MAPPING]))


def retry_worker() -> Callable[[], None]:
    """Prepares what has little to do: the scheduler, which runs the retry function, and ingest's queue."""
    scheduler = Scheduler(
        boto3.client("scheduler"),
        group=layout.SCHEDULE_GROUP,
        targets={layout.function_arn(RETRY): partial(invoke, load_handler(RETRY), RETRY)},
        clock=SystemClock(),
    )
    own = [mapping for mapping in MAPPINGS if mapping.function == INGEST]
    return partial(work_for_ever, [scheduler, *_event_sources(INGEST, own)])


def _event_sources(function: Function, mappings: Sequence[Mapping]) -> list[Source]:
    if not mappings:
        return []
    client, handler = boto3.client("sqs"), load_handler(function)
    return [EventSource(client, mapping, handler) for mapping in mappings]


def work_for_ever(sources: Sequence[Source]) -> None:
    pause = SHORTEST_PAUSE
    while True:
        pause = work_once(sources, pause)
        time.sleep(pause)


def work_once(sources: Sequence[Source], pause: float) -> float:
    """Gives every source its turn; returns how many seconds to wait before the next round."""
    # Every source has its turn, however busy the one before it is.
    busy = [_poll(source) for source in sources]
    return 0.0 if any(busy) else min(max(pause * 1.5, SHORTEST_PAUSE), LONGEST_PAUSE)


def _poll(source: Source) -> bool:
    try:
        return source.poll()
    except Exception:
        # AWS failing for once must not end the worker: Lambda's pollers go on too.
        traceback.print_exc()
        return False
