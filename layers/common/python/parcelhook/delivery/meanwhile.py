"""What a worker does while slow endpoints keep it waiting: it goes on receiving.

The first deliveries to an endpoint that begins to hang are sent beside healthy ones, and hold a worker for as long as
their dialect says. A hundred such endpoints would hold all workers there are. A worker that is held has nothing to
do, so it takes what waits in the queue of events, as often as it can.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field
from typing import ParamSpec, TypeVar

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.backlog import MOST_RECEIVED, Backlog
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.errors import UnavailableError
from parcelhook.values import value

_LOGGER = logging.getLogger(__name__)

HELD_AFTER_SECONDS = 1.0
"""A worker is held if for so long none of its attempts has ended."""

# Nothing is begun that might not be done in time: the longest that a dialect waits, and as much as planning and
# recording may take when AWS is slow.
_KEPT_SECONDS = 45.0
# So many batches does a worker have under way at most, its own included.
_MOST_BATCHES = 12
# Where there was less than a whole batch, others keep up with the queue.
_PAUSE_SECONDS = 1.0

Dispatch = Callable[[Sequence[ReceivedMessage]], Awaitable[set[str]]]
"""Deals with messages; answers the ids of those to be received again."""

_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")


@value(kw_only=True)
class Shift:
    """One invocation of a worker, and what its batches share."""

    deadline: float
    """When it ends, in the clock's monotonic seconds."""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether slow endpoints keep it waiting."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def in_turn(
        self, function: Callable[_Arguments, _Answer], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Answer:
        """Calls `function` in a thread, when no other batch of the worker plans or records: they share their parts."""
        async with self._turn:
            return await asyncio.to_thread(function, *arguments, **named)


@collaborator(kw_only=True)
class Meanwhile:
    """Receives and dispatches beside a batch that is held."""

    backlog: Backlog
    clock: Clock
    dispatch: Dispatch

    async def until_done(self, own: "asyncio.Future[set[str]]", *, deadline: float) -> None:
        """Goes on until `own`, and all that was begun beside it, has ended. Raises nothing."""
        unfinished: set[asyncio.Future[set[str]] | asyncio.Future[None]] = {own}
        while unfinished:
            pause: float | None = None
            if deadline - self.clock.monotonic() > _KEPT_SECONDS:
                received = await self._received() if len(unfinished) < _MOST_BATCHES else []
                if received:
                    unfinished.add(asyncio.ensure_future(self._handle(received)))
                pause = 0.0 if len(received) == MOST_RECEIVED else _PAUSE_SECONDS
            _, unfinished = await asyncio.wait(unfinished, timeout=pause, return_when=asyncio.FIRST_COMPLETED)

    async def _received(self) -> list[ReceivedMessage]:
        try:
            return await asyncio.to_thread(self.backlog.receive)
        except UnavailableError:
            _LOGGER.warning("nothing more received while endpoints are waited for", exc_info=True)
            return []

    async def _handle(self, messages: Sequence[ReceivedMessage]) -> None:
        """What is not deleted comes again, whatever the reason."""
        try:
            failed = await self.dispatch(messages)
            done = [each.id for each in messages if each.id not in failed]
            await asyncio.to_thread(self.backlog.handled, done)
        except UnavailableError:
            _LOGGER.warning("messages not deleted: they come again", exc_info=True)
        except Exception:
            _LOGGER.exception("messages that were received beside others come again")
