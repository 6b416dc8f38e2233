"""A function's start on Lambda, before the first call. Anywhere else nothing here does anything."""

import gc
import os
from collections.abc import Callable


def begin() -> None:
    """Lets the garbage collector rest, before anything large is imported.

    What a function is made of lives as long as its process. Looking through all of it for garbage, again and again
    while it grows, is a fifth of a cold start.
    """
    if on_lambda():
        gc.disable()


def finish(build: Callable[[], object]) -> None:
    """Builds the function while Lambda still gives a whole CPU, and wakes the collector.

    What is there by then is never looked through again.
    """
    if on_lambda():
        build()
        gc.freeze()
        gc.enable()


def on_lambda() -> bool:
    """Whether this is a function's own process there."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ
