"""One stack for all pages, with short retries. Each page begins without subscriptions."""

import signal
from collections.abc import Iterator

import httpx
import pytest

from local.testing import RunningStack, start_stack
from tests.docs.terminal import Terminal


@pytest.fixture(scope="session")
def docs_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = start_stack(tmp_path_factory.mktemp("docs"), {"RETRY_INTERVAL_SECONDS": "2"})
    yield running
    assert running.stop(signal.SIGTERM) == 0


@pytest.fixture
def terminal(docs_stack: RunningStack) -> Iterator[Terminal]:
    """Where `. .local/env` was typed in before."""
    state = docs_stack.state
    with httpx.Client(base_url=state["base_url"], headers={"API-Key": state["keys"]["live"]}, timeout=20) as api:
        for each in api.get("/v1/subscriptions").raise_for_status().json()["subscriptions"]:
            api.delete(f"/v1/subscriptions/{each['id']}").raise_for_status()
    terminal = Terminal(docs_stack.directory, {"BASE_URL": state["base_url"], "API_KEY": state["keys"]["live"]})
    yield terminal
    terminal.close()
