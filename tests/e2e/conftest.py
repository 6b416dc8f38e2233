"""A whole stack with short times, started once for the tests of this folder."""

import signal
from collections.abc import Iterator

import httpx
import pytest

from local.sink import Sink
from local.testing import RunningStack, start_stack
from tests.e2e.client import PATIENCE, Client

# A worker that has to wait for the processor longer than its claim holds makes a second POST.
TIMES = {"RETRY_INTERVAL_SECONDS": "2", "VISIBILITY_TIMEOUT_SECONDS": "4"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = start_stack(tmp_path_factory.mktemp("stack"), TIMES)
    yield running
    assert running.stop(signal.SIGTERM) == 0


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An endpoint in this process."""
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def client(stack: RunningStack) -> Iterator[Client]:
    """The account's owner, with the live key."""
    state = stack.state
    with httpx.Client(base_url=state["base_url"], headers={"API-Key": state["keys"]["live"]}, timeout=PATIENCE) as http:
        yield Client(http)
