"""The durable queue: each webhook once, whatever happens in between."""

import sqlite3
from pathlib import Path

import pytest

from listener.inbox import MOST_ATTEMPTS, REMEMBERED_SECONDS, Inbox
from listener.store import Store

NOW = 1_800_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def inbox(store: Store) -> Inbox:
    return Inbox(store)


def add(inbox: Inbox, webhook_id: str = "dlv_1", *, now: float = NOW) -> bool:
    return inbox.add(webhook_id, "shippo", 1, b"{}", now)


class Worked:
    """Notes what it was given, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.ids: list[str] = []
        self._failures = failures

    def __call__(self, database: sqlite3.Connection, row: sqlite3.Row) -> None:
        self.ids.append(row["webhook_id"])
        database.execute("INSERT INTO warehouse_tasks VALUES (?, 'o', 'c', 0)", (f"{row['webhook_id']}",))
        if len(self.ids) <= self._failures:
            raise ValueError("no")


def rows(store: Store, table: str) -> list[sqlite3.Row]:
    with store.transaction() as database:
        return database.execute(f"SELECT * FROM {table}").fetchall()


def test_webhook_is_worked_on_once(inbox: Inbox) -> None:
    work = Worked()
    assert add(inbox)
    assert not add(inbox)
    assert inbox.work_on_next(work, NOW)
    assert not inbox.work_on_next(work, NOW)
    assert not add(inbox)
    assert not inbox.work_on_next(work, NOW)
    assert work.ids == ["dlv_1"]


def test_what_was_kept_is_there_for_the_next_process(inbox: Inbox, tmp_path: Path) -> None:
    add(inbox)
    work = Worked()
    assert Inbox(Store(tmp_path)).work_on_next(work, NOW)
    assert work.ids == ["dlv_1"]


def test_work_that_fails_leaves_nothing_and_is_tried_again_later(inbox: Inbox, store: Store) -> None:
    work = Worked(failures=1)
    add(inbox)
    assert inbox.work_on_next(work, NOW)
    assert rows(store, "warehouse_tasks") == []
    assert not inbox.work_on_next(work, NOW + 1)
    assert inbox.work_on_next(work, NOW + 2)
    assert len(rows(store, "warehouse_tasks")) == 1


def test_failure_does_not_hold_up_the_next_webhook(inbox: Inbox) -> None:
    work = Worked(failures=1)
    add(inbox, "dlv_1")
    add(inbox, "dlv_2", now=NOW + 0.5)
    assert inbox.work_on_next(work, NOW + 1)
    assert inbox.work_on_next(work, NOW + 1)
    assert work.ids == ["dlv_1", "dlv_2"]


def test_work_that_always_fails_ends_with_its_error_and_its_body(inbox: Inbox, store: Store) -> None:
    work = Worked(failures=MOST_ATTEMPTS)
    add(inbox)
    now = NOW
    while inbox.work_on_next(work, now):
        now += 3600
    assert len(work.ids) == MOST_ATTEMPTS
    (row,) = rows(store, "inbox")
    assert (row["state"], row["error"], row["body"]) == ("failed", "ValueError('no')", b"{}")


def test_done_webhook_keeps_its_id_and_not_its_body(inbox: Inbox, store: Store) -> None:
    add(inbox)
    inbox.work_on_next(Worked(), NOW)
    (row,) = rows(store, "inbox")
    assert (row["state"], row["body"]) == ("done", None)
    inbox.forget(NOW + REMEMBERED_SECONDS)
    assert len(rows(store, "inbox")) == 1
    inbox.forget(NOW + REMEMBERED_SECONDS + 1)
    assert rows(store, "inbox") == []


def test_waiting_webhook_is_never_forgotten(inbox: Inbox, store: Store) -> None:
    add(inbox)
    inbox.forget(NOW + 2 * REMEMBERED_SECONDS)
    assert len(rows(store, "inbox")) == 1
