"""Somebody who publishes for an endpoint in this process and keeps books."""

from collections.abc import Iterator

import httpx
import pytest

from local.sink import Sink
from local.testing import RunningStack
from tests.e2e.faults.books import PATIENCE, Books


@pytest.fixture
def books(stack: RunningStack, sink: Sink) -> Iterator[Books]:
    state = stack.state
    with httpx.Client(base_url=state["base_url"], headers={"API-Key": state["keys"]["live"]}, timeout=PATIENCE) as http:
        books = Books(http, sink)
        books.subscribe()
        yield books
        books.unsubscribe()
