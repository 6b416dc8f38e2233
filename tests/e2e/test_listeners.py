"""The example listeners on a running stack: all three dialects, honest webhooks and others."""

import hashlib
import hmac
import json
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from local.testing import RunningStack, wait_for
from tests.e2e.client import PATIENCE
from tests.e2e.listeners import COMMANDS, EXAMPLES, Listener, free_port

OUTBOUND, SILENT, RETURN = "1Z999AA10123456784", "9400100000000000000000", "1Z999AA10123456795"
EVENTS = {"shipengine": "track", "shippo": "track_updated", "ehub": "shipment_tracking"}
OLD_SECONDS = 301


class Shop:
    """A merchant: a listener, and a subscription to tracking updates in each dialect."""

    def __init__(self, stack: RunningStack, listener: Listener) -> None:
        state = stack.state
        self.listener = listener
        self._base_url = state["base_url"]
        self._api = httpx.Client(base_url=self._base_url, headers={"API-Key": state["keys"]["live"]}, timeout=PATIENCE)
        self._subscriptions: dict[str, str] = {}
        self.secrets: dict[str, str] = {}

    def subscribe(self) -> None:
        for dialect, event in EVENTS.items():
            self._take_away(dialect)
            wanted = {"dialect": dialect, "event": event, "url": f"{self.listener.url}/hooks/{dialect}"}
            made = self._api.post("/v1/subscriptions", json=wanted).raise_for_status().json()
            self._subscriptions[dialect] = made["id"]
            secret = self._api.get(f"/v1/subscriptions/{made['id']}/secret").raise_for_status().json()
            self.secrets[dialect] = secret["secret"]

    def unsubscribe(self) -> None:
        for dialect in EVENTS:
            self._take_away(dialect)
        self._api.close()

    def start(self) -> None:
        settings = {f"{dialect.upper()}_SECRET": secret for dialect, secret in self.secrets.items()}
        self.listener.start({**settings, "SHIPENGINE_JWKS_URL": f"{self._base_url}/jwks"})

    def publish(self, tracking_number: str, status: str, **data: Any) -> list[str]:
        """The deliveries of a tracking update, when all have been delivered."""
        update = {"tracking_number": tracking_number, "carrier": "ups", "status": status, **data}
        event = {"type": "tracking.updated", "data": update}
        event_id = self._api.post("/v1/events", json=event).raise_for_status().json()["id"]
        return wait_for(lambda: self._delivered(event_id), seconds=PATIENCE, what=f"three deliveries of {event_id}")

    def send_again(self, delivery_id: str) -> None:
        """Has a delivery sent once more, and waits until it was."""
        before = len(self._attempts(delivery_id))
        self._api.post(f"/v1/deliveries/{delivery_id}/retry").raise_for_status()
        wait_for(lambda: len(self._attempts(delivery_id)) > before, seconds=PATIENCE, what="another attempt")
        assert self._attempts(delivery_id)[-1]["status_code"] == httpx.codes.OK

    def test_send(self, dialect: str) -> dict[str, Any]:
        answer = self._api.post(f"/v1/subscriptions/{self._subscriptions[dialect]}/test", json={})
        result: dict[str, Any] = answer.raise_for_status().json()
        return result

    def signed(self, body: bytes, webhook_id: str, *, age: int = 0) -> dict[str, str]:
        """Headers of a Shippo webhook, signed `age` seconds ago by others' code than ours."""
        moment = int(time.time()) - age
        secret = self.secrets["shippo"]
        digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": Webhook(secret).sign(webhook_id, datetime.fromtimestamp(moment, UTC), body.decode()),
            "shippo-auth-signature": f"t={moment},v1={digest}",
        }

    def _take_away(self, dialect: str) -> None:
        for each in self._api.get("/v1/subscriptions").raise_for_status().json()["subscriptions"]:
            if each["dialect"] == dialect and each["event"] == EVENTS[dialect]:
                self._api.delete(f"/v1/subscriptions/{each['id']}").raise_for_status()

    def _delivered(self, event_id: str) -> list[str] | None:
        answer = self._api.get(f"/v1/events/{event_id}")
        deliveries = answer.json()["deliveries"] if answer.is_success else []
        ours = [each for each in deliveries if each["subscription_id"] in self._subscriptions.values()]
        done = [each["id"] for each in ours if each["state"] == "delivered"]
        return done if len(done) == len(EVENTS) else None

    def _attempts(self, delivery_id: str) -> list[dict[str, Any]]:
        attempts: list[dict[str, Any]] = self._api.get(f"/v1/deliveries/{delivery_id}").json()["attempts"]
        return attempts


@pytest.fixture(params=sorted(COMMANDS))
def shop(request: pytest.FixtureRequest, stack: RunningStack, tmp_path: Path) -> Iterator[Shop]:
    listener = Listener(language=request.param, directory=tmp_path, port=free_port())
    shutil.copy(EXAMPLES / "shipments.csv", listener.shipments)
    shop = Shop(stack, listener)
    shop.subscribe()
    shop.start()
    yield shop
    shop.unsubscribe()
    assert listener.stop() in {0, -signal.SIGTERM}, (tmp_path / "output.txt").read_text()


def shippo_body(status: str, tracking_number: str = OUTBOUND) -> bytes:
    data = {"tracking_number": tracking_number, "tracking_status": {"status": status, "status_details": "As said."}}
    return json.dumps({"event": "track_updated", "test": False, "data": data}).encode()


def happens(shop: Shop, **received: int) -> None:
    """Waits until the listener has worked on all that it received, and no less and no more."""
    wait_for(lambda: shop.listener.received() == received, seconds=PATIENCE, what=f"{received}")


def test_each_dialects_webhooks_are_accepted_and_acted_on_once(shop: Shop) -> None:
    deliveries = shop.publish(OUTBOUND, "delivered")
    happens(shop, done=3)
    assert shop.listener.messages() == ["order-1001.eml"]
    message = (shop.listener.directory / "outbox/order-1001.eml").read_text(encoding="utf-8")
    assert "Dear Greg Smith" in message
    (shop.listener.directory / "outbox/order-1001.eml").unlink()

    for delivery_id in deliveries:
        shop.send_again(delivery_id)
    happens(shop, done=3)
    assert shop.listener.messages() == []


def test_late_and_undeliverable_shipments_are_reported(shop: Shop) -> None:
    shop.publish(OUTBOUND, "exception", exception_description="No such street")
    happens(shop, done=3)
    reported = {row["tracking_number"]: row for row in shop.listener.prints("report")}
    assert set(reported) == {OUTBOUND, SILENT}
    assert reported[OUTBOUND]["problem"] == "undeliverable"
    assert reported[SILENT]["problem"] == "late"


def test_scan_of_a_return_label_makes_a_warehouse_task(shop: Shop) -> None:
    shop.publish(RETURN, "not_yet_in_system")
    happens(shop, done=3)
    assert shop.listener.prints("tasks") == []
    shop.publish(RETURN, "accepted")
    happens(shop, done=6)
    task = {"task": "expect return", "tracking_number": RETURN, "order": "1003"}
    assert shop.listener.prints("tasks") == [task]


def test_test_send_is_accepted_and_not_acted_on(shop: Shop) -> None:
    for dialect in EVENTS:
        result = shop.test_send(dialect)
        assert (result["outcome"], json.loads(result["response_body"])) == ("delivered", {"received": "test"})
    assert shop.listener.received() == {}


def test_forged_and_old_webhooks_are_refused(shop: Shop) -> None:
    body = shippo_body("DELIVERED")
    honest = shop.signed(body, "dlv_forged")
    refused = [
        (body.replace(b"DELIVERED", b"DELIVERED "), honest),
        (body, honest | {"webhook-id": "dlv_another"}),
        (body, honest | {"shippo-auth-signature": honest["shippo-auth-signature"][:-4] + "0000"}),
        (body, shop.signed(body, "dlv_forged", age=OLD_SECONDS)),
        (body, {}),
    ]
    for content, headers in refused:
        assert shop.listener.post("/hooks/shippo", content, headers).status_code == httpx.codes.UNAUTHORIZED
    assert shop.listener.post("/hooks/ehub", body, honest).status_code == httpx.codes.UNAUTHORIZED
    assert shop.listener.post("/hooks/nobody", body, honest).status_code == httpx.codes.NOT_FOUND
    too_large = b" " * (3 * 1024 * 1024)
    assert shop.listener.post("/hooks/shippo", too_large, honest).status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert shop.listener.received() == {}


def test_older_webhook_that_arrives_later_changes_nothing(shop: Shop) -> None:
    newer, older = shippo_body("RETURNED"), shippo_body("DELIVERED")
    for body, webhook_id, sequence in (
        (newer, "dlv_newer", "1700000000000002"),
        (older, "dlv_older", "1700000000000001"),
    ):
        headers = shop.signed(body, webhook_id) | {"parcelhook-sequence": sequence}
        assert shop.listener.post("/hooks/shippo", body, headers).json() == {"received": "queued"}
    happens(shop, done=2)
    assert shop.listener.messages() == []
    assert {row["tracking_number"]: row["problem"] for row in shop.listener.prints("report")}[
        OUTBOUND
    ] == "undeliverable"


def test_webhook_that_was_answered_survives_a_power_cut(shop: Shop) -> None:
    hidden = shop.listener.shipments.rename(shop.listener.directory / "hidden.csv")
    body = shippo_body("DELIVERED")
    answer = shop.listener.post("/hooks/shippo", body, shop.signed(body, "dlv_1"))
    assert answer.json() == {"received": "queued"}
    shop.listener.kill()
    assert shop.listener.received() == {"waiting": 1}

    hidden.rename(shop.listener.shipments)
    shop.start()
    happens(shop, done=1)
    assert shop.listener.messages() == ["order-1001.eml"]
    again = shop.listener.post("/hooks/shippo", body, shop.signed(body, "dlv_1"))
    assert again.json() == {"received": "duplicate"}
