"""The HTTP side: verify, keep, answer."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from listener.inbox import Inbox
from listener.jwks import KeysUnavailableError
from listener.settings import Settings
from listener.signatures import Headers, SignatureError
from listener.store import Store
from listener.worker import Worker

LARGEST_BODY = 1024 * 1024
_LOG = logging.getLogger(__name__)


def make_app(settings: Settings) -> FastAPI:
    """The listener, at `/hooks/<vendor>` for each vendor that the settings name."""
    store = Store(settings.data)
    inbox = Inbox(store)
    worker = Worker(settings, store, inbox)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker.start()
        yield
        await run_in_threadpool(worker.stop)

    # Nobody but the service calls this, so there is no page that describes it.
    app = FastAPI(openapi_url=None, lifespan=lifespan)

    @app.post("/hooks/{name}")
    async def receive(name: str, request: Request) -> dict[str, str]:
        body = await _read(request)
        # In a thread, since it waits for the disk, and at times for the service's keys.
        received = await run_in_threadpool(_receive, settings, inbox, name, request.headers, body)
        worker.wake()
        return {"received": received}

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _receive(settings: Settings, inbox: Inbox, name: str, headers: Headers, body: bytes) -> str:
    """What became of a webhook. Raises `HTTPException` for one that is refused."""
    if (source := settings.sources.get(name)) is None:
        raise HTTPException(404, "No such vendor is listened to.")
    now = time.time()
    try:
        webhook_id = source.verify(headers, body, now)
    except SignatureError as error:
        _LOG.warning("refused a webhook for %s: %s", name, error)
        raise HTTPException(401, f"Refused: {error}.") from error
    except KeysUnavailableError as error:
        _LOG.warning("%s", error)
        raise HTTPException(503, "Try again later.") from error
    if headers.get("parcelhook-test") == "true":
        return "test"
    return "queued" if inbox.add(webhook_id, name, _sequence(headers, now), body, now) else "duplicate"


def _sequence(headers: Headers, now: float) -> int:
    """What tells older from newer. The time of arrival is the next best, and of the same unit."""
    given = headers.get("parcelhook-sequence", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 18 else int(now * 1_000_000)


async def _read(request: Request) -> bytes:
    """The body. Raises `HTTPException` if it is larger than it may be."""
    body, size = bytearray(), 0
    async for part in request.stream():
        size += len(part)
        # The rest is read and dropped: a sender who is cut off sees no answer.
        if size <= LARGEST_BODY:
            body += part
    if size > LARGEST_BODY:
        raise HTTPException(413, "A webhook has at most 1 MiB.")
    return bytes(body)
