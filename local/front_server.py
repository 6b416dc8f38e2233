"""Serves the front with uvicorn."""

import socket
from collections.abc import Callable

import uvicorn

from local.bin import Bins
from local.bin_routes import BinRoutes
from local.front import Front
from local.lambdas import Environments, load_builder
from local.throttle import Throttle
from parcelhook.clock import SystemClock
from parcelhook.resources import API

ENVIRONMENTS = 4
"""How many requests the api function serves at a time."""


def front(listener: socket.socket, *, rate: int, burst: int) -> Callable[[], None]:
    """Prepares the front, and returns what serves it: `rate` requests a second in the long run, `burst` at once."""
    environments = Environments(API, load_builder(API), most=ENVIRONMENTS)
    clock = SystemClock()
    throttle = Throttle(rate=rate, burst=burst, monotonic=clock.monotonic)
    application = Front(environments, BinRoutes(Bins(), clock=clock), clock=clock, throttle=throttle)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            lifespan="off",
            ws="none",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )

    def serve() -> None:
        environments.warm()
        server.run(sockets=[listener])

    return serve
