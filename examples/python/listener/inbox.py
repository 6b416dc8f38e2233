"""The durable queue between answering a webhook and working on it."""

import sqlite3
from collections.abc import Callable

from listener.store import Store

MOST_ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 3600
REMEMBERED_SECONDS = 40 * 24 * 3600
"""For how long ids are known. Parcelhook can send again what is up to 30 days old."""

Work = Callable[[sqlite3.Connection, sqlite3.Row], None]


class Inbox:
    """Each webhook once, by its id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, webhook_id: str, source: str, sequence: int, body: bytes, now: float) -> bool:
        """Keeps a webhook on disk; False if it was here before."""
        with self._store.transaction() as database:
            added = database.execute(
                "INSERT INTO inbox (webhook_id, source, sequence, body, received_at, next_at) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (webhook_id, source, sequence, body, now, now),
            )
            return added.rowcount == 1

    def work_on_next(self, work: Work, now: float) -> bool:
        """Does `work` on one waiting webhook; False if none waits.

        What `work` writes and that it is done are one transaction. Work that fails is tried again, ever later.
        """
        failed: tuple[str, int, Exception] | None = None
        with self._store.transaction() as database:
            row = database.execute(
                "SELECT * FROM inbox WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, received_at LIMIT 1",
                (now,),
            ).fetchone()
            if row is None:
                return False
            database.execute("SAVEPOINT work")
            try:
                work(database, row)
                # Bodies hold personal data; the id is all that has to be remembered.
                database.execute(
                    "UPDATE inbox SET state = 'done', body = NULL, error = NULL WHERE webhook_id = ?",
                    (row["webhook_id"],),
                )
            except Exception as error:
                database.execute("ROLLBACK TO work")
                failed = (row["webhook_id"], row["attempts"] + 1, error)
            if failed:
                _put_back(database, *failed, now)
        return True

    def forget(self, now: float) -> None:
        """Drops ids that cannot come again."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM inbox WHERE state = 'done' AND received_at < ?", (now - REMEMBERED_SECONDS,))


def _put_back(database: sqlite3.Connection, webhook_id: str, attempts: int, error: Exception, now: float) -> None:
    database.execute(
        "UPDATE inbox SET attempts = ?, next_at = ?, error = ?, state = ? WHERE webhook_id = ?",
        (
            attempts,
            now + min(2**attempts, LONGEST_WAIT_SECONDS),
            repr(error),
            "failed" if attempts >= MOST_ATTEMPTS else "waiting",
            webhook_id,
        ),
    )
