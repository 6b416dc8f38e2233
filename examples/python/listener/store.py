"""One SQLite file: the webhooks that came, what is known of each parcel, and what is to be done."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_BUSY_SECONDS = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS inbox (
    webhook_id TEXT PRIMARY KEY, source TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB,
    received_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, error TEXT);
CREATE INDEX IF NOT EXISTS inbox_by_state ON inbox (state, next_at);
CREATE TABLE IF NOT EXISTS parcels (
    tracking_number TEXT PRIMARY KEY, sequence INTEGER NOT NULL, situation TEXT NOT NULL,
    description TEXT, happened_on TEXT, expected_on TEXT);
CREATE TABLE IF NOT EXISTS messages (
    tracking_number TEXT PRIMARY KEY, shop_order TEXT NOT NULL, customer TEXT NOT NULL,
    email TEXT NOT NULL, sent_at REAL);
CREATE TABLE IF NOT EXISTS warehouse_tasks (
    tracking_number TEXT PRIMARY KEY, shop_order TEXT NOT NULL, customer TEXT NOT NULL, created_at REAL NOT NULL);
"""


class Store:
    """Opens the file anew for each piece of work, so that any thread or process may use it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / "listener.sqlite3"
        with closing(self._open()) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done within it is kept, or nothing. On disk when it ends."""
        with closing(self._open()) as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.rollback()
                raise
            database.commit()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        database.row_factory = sqlite3.Row
        # What was answered with a 2xx must be there after a power cut.
        database.execute("PRAGMA synchronous = FULL")
        return database
