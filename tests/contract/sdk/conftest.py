"""A running stack, what its Shippo webhooks deliver, and the vendors' clients."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.testing import RunningStack, start_stack, wait_for
from tests.contract.sdk.environments import Client, node_client, python_client

VECTORS = Path(__file__).parents[2] / "vectors" / "shippo"
PATIENCE = 60.0


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = start_stack(tmp_path_factory.mktemp("stack"), {"RETRY_INTERVAL_SECONDS": "2"})
    yield running
    assert running.stop(signal.SIGTERM) == 0


@pytest.fixture(scope="session")
def base_url(stack: RunningStack) -> str:
    return str(stack.state["base_url"]).rstrip("/")


@pytest.fixture(scope="session")
def keys(stack: RunningStack) -> dict[str, str]:
    found: dict[str, str] = stack.state["keys"]
    return found


@pytest.fixture(scope="session")
def delivered(base_url: str, keys: dict[str, str]) -> list[dict[str, Any]]:
    """What a live and a test webhook for all events received: the vectors' events, with the secret that signs each."""
    received = []
    for token in (keys["shippo_live"], keys["shippo_test"]):
        with httpx.Client(
            base_url=base_url, headers={"Authorization": f"ShippoToken {token}"}, timeout=PATIENCE
        ) as http:
            received += _received(http, token[:11])
    return received


def _received(http: httpx.Client, bin_name: str) -> list[dict[str, Any]]:
    """In a bin of its own, an event of each type."""
    body = {"event": "all", "url": f"{str(http.base_url).rstrip('/')}/bin/{bin_name}"}
    webhook_id = http.post("/webhooks", json=body).raise_for_status().json()["object_id"]
    secret = http.get(f"/v1/subscriptions/{webhook_id}/secret").raise_for_status().json()["secret"]
    events = [json.loads(path.read_text(encoding="utf-8"))["event"] for path in sorted(VECTORS.iterdir())]
    told = [{"type": event["type"], "data": event["data"]} for event in events]
    http.post("/v1/events", json=told).raise_for_status()

    def look() -> list[dict[str, Any]] | None:
        requests: list[dict[str, Any]] = http.get(f"/bin/{bin_name}/requests").raise_for_status().json()
        return requests if len(requests) == len(told) else None

    requests = wait_for(look, seconds=PATIENCE, what=f"{len(told)} webhooks in the bin {bin_name}")
    http.delete(f"/webhooks/{webhook_id}").raise_for_status()
    return [request | {"secret": secret} for request in requests]


@pytest.fixture(scope="session")
def shippo_python() -> Client:
    return python_client("shippo-3.9.0")


@pytest.fixture(scope="session")
def shippo_legacy() -> Client:
    return python_client("shippo-2.1.2")


@pytest.fixture(scope="session")
def shippo_javascript() -> Client:
    return node_client()


@pytest.fixture(scope="session")
def shipengine_python() -> Client:
    return python_client("shipengine-2.1.1")


@pytest.fixture(scope="session")
def svix() -> Client:
    return python_client("svix-2.9.1")
