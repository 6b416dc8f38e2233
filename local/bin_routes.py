"""The request bin over HTTP."""

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from local.bin import Bins, Captured
from local.bin_page import page
from local.messages import Request, Response, json_response
from parcelhook.clock import Clock

LONGEST_DELAY = 120.0
"""Seconds that a bin waits at most before it answers."""

_PATH = re.compile(r"/bin/(?P<name>[A-Za-z0-9._-]{1,64})(?P<list>/requests)?")
_UNKNOWN = json_response(
    404, '{"message":"A bin is /bin/{name}; a name is 1 to 64 letters, digits, dots, dashes or underscores."}'
)


class BinRoutes:
    """GET shows a bin, DELETE empties it, every other method leaves something in it."""

    def __init__(
        self, bins: Bins, *, clock: Clock, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._bins = bins
        self._clock = clock
        self._sleep = sleep

    async def answer(self, request: Request) -> Response:
        match = _PATH.fullmatch(request.path)
        if match is None:
            return _UNKNOWN
        name = match["name"]
        if request.method in {"GET", "HEAD"}:
            return self._list(name) if match["list"] else page(name, self._bins.requests(name))
        if match["list"]:
            return _UNKNOWN
        if request.method == "DELETE":
            self._bins.clear(name)
            return Response(status=204)
        return await self._keep(name, request)

    def _list(self, name: str) -> Response:
        return json_response(200, json.dumps([captured.to_json() for captured in self._bins.requests(name)]))

    async def _keep(self, name: str, request: Request) -> Response:
        try:
            status, delay = _wanted_answer(request.query)
        except ValueError as error:
            return json_response(400, json.dumps({"message": str(error)}))
        self._bins.add(
            name,
            Captured(
                received_at=self._clock.now(),
                method=request.method,
                path=request.path,
                query=request.query,
                headers=request.joined_headers(),
                body=request.body.decode(errors="replace"),
            ),
        )
        if delay:
            await self._sleep(delay)
        return json_response(status, "" if status == 204 else json.dumps({"bin": name, "status": status}))


def _wanted_answer(query: str) -> tuple[int, float]:
    wanted = parse_qs(query)
    status, delay = wanted.get("status", ["200"])[-1], wanted.get("delay", ["0"])[-1]
    if not re.fullmatch(r"[2-5][0-9][0-9]", status):
        raise ValueError("status must be a number from 200 to 599")
    try:
        seconds = float(delay)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_DELAY:
        raise ValueError(f"delay must be a number of seconds from 0 to {LONGEST_DELAY:.0f}")
    return int(status), seconds
