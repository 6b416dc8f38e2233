"""Runs our functions as Lambda does: one event at a time in each environment, JSON in and JSON out."""

import importlib
import json
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local import layout
from parcelhook.resources import Function

Handler = Callable[[dict[str, Any], Any], Any]


class Context:
    """What Lambda tells a function about its invocation."""

    def __init__(self, function: Function, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = layout.function_name(function)
        self.function_version = "$LATEST"
        self.invoked_function_arn = layout.function_arn(function)
        self.memory_limit_in_mb = str(function.memory)
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = "local"
        self._monotonic = monotonic
        self._deadline = monotonic() + function.timeout

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - self._monotonic()) * 1000))


def load_handler(function: Function) -> Handler:
    """Imports the function's handler."""
    module, _, name = function.handler.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def load_builder(function: Function) -> Callable[[], Handler]:
    """Imports what makes an independent handler of the function, one for each environment."""
    module, _, _ = function.handler.rpartition(".")
    build: Callable[[], Handler] = importlib.import_module(module).build
    return build


def invoke(handler: Handler, function: Function, event: dict[str, Any]) -> Any:
    """Calls the handler. What it gets and what it returns has been JSON, as on AWS."""
    return json.loads(json.dumps(handler(json.loads(json.dumps(event)), Context(function))))


class Environments:
    """A few environments of one function. Each handler serves one event at a time; more events wait."""

    def __init__(self, function: Function, build: Callable[[], Handler], *, most: int) -> None:
        self._function = function
        self._build = build
        self._idle: list[Handler] = []
        self._lock = threading.Lock()
        self.executor = ThreadPoolExecutor(max_workers=most, thread_name_prefix=function.name)

    def warm(self) -> None:
        """Makes the first environment."""
        self._idle.append(self._take())

    def invoke(self, event: dict[str, Any]) -> Any:
        """To be called on `executor`, which has one thread for each environment."""
        handler = self._take()
        try:
            return invoke(handler, self._function, event)
        finally:
            self._idle.append(handler)

    def _take(self) -> Handler:
        with self._lock:
            return self._idle.pop() if self._idle else self._build()
