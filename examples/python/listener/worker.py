"""Works on what was received, apart from receiving it."""

import logging
import sqlite3
import threading
import time
from datetime import UTC, datetime
from functools import partial

from listener.inbox import Inbox
from listener.settings import Settings
from listener.shipments import read_shipments
from listener.shop import act_on, send_messages
from listener.store import Store
from listener.updates import read_updates

_LOOK_EVERY_SECONDS = 1.0
_FORGET_EVERY_SECONDS = 3600.0
_LOG = logging.getLogger(__name__)


class Worker:
    """One thread. What it has not finished when the process ends is in the inbox, and goes on at the next start."""

    def __init__(self, settings: Settings, store: Store, inbox: Inbox) -> None:
        self._settings = settings
        self._store = store
        self._inbox = inbox
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._forget_from = 0.0
        self._thread = threading.Thread(target=self._run, name="worker")

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Ends after the webhook that it works on."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()

    def work(self, now: float) -> None:
        """Does all that is to be done at `now` (seconds since 1970)."""
        while not self._stopping.is_set() and self._inbox.work_on_next(partial(self._act, now), now):
            pass
        send_messages(self._store, self._settings.data / "outbox", now)
        if now >= self._forget_from:
            self._inbox.forget(now)
            self._forget_from = now + _FORGET_EVERY_SECONDS

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.work(time.time())
            except Exception:
                # A full disk or a locked file: what waits is still in the inbox.
                _LOG.exception("will try again")
            self._wake.wait(_LOOK_EVERY_SECONDS)

    def _act(self, now: float, database: sqlite3.Connection, row: sqlite3.Row) -> None:
        today = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"
        shipments = read_shipments(self._settings.shipments)
        for update in read_updates(row["source"], row["body"]):
            shipment = shipments.get(update.tracking_number)
            act_on(database, shipment, update, sequence=row["sequence"], today=today, now=now)
