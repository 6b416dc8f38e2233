"""Writes down what this version stores and queues, for later ones to read: `python -m tests.upgrades.record FILE`.

To be run once for each version that is deployed anywhere, before its form changes. The file is then kept as it is.
"""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from parcelhook.messages import EventsMessage, decode, encode
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.security.api_keys import KeyStyle
from parcelhook.storage.table import DynamoTable
from tests.cloud import Cloud, open_cloud
from tests.endpoint import answered
from tests.system import System

TRACKING = {"tracking_number": "1Z999AA10123456784", "carrier": "ups", "status": "in_transit"}
BATCH = {"batch_id": "se-1013119"}
EHUB = {"subscription_type": "shipment_tracking", "payload_format": "json"}
ANSWERS = {"works": 200, "broken": 503, "gone": 404}


class Recording:
    """One account that has used everything, and what is left of it in tables and queues."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.system = cloud, System(cloud)
        self.account_id = self.system.new_account()
        self.keys = {
            f"{style}-{mode}": self.system.new_key(self.account_id, style, mode) for style in KeyStyle for mode in Mode
        }
        self.system.endpoint.answer = lambda post: answered(ANSWERS[post.url.rpartition("/")[2]])

    def call(self, key: str, method: str, path: str, body: object = None) -> Any:
        """A call with one of the keys. Answers what it is answered."""
        answer = self.system.call(method, path, {"authorization": f"Bearer {self.keys[key]}"}, body)
        assert answer.status < 300, answer.text
        return answer.json if answer.text else None

    def accounts(self) -> None:
        """A child, a default webhook, a revoked key."""
        administration = self.system.administration
        administration.create_account("Child", parent_id=self.account_id)
        administration.set_default_webhook_url(self.account_id, "https://example.com/works")
        key, self.keys["revoked"] = administration.create_key(
            self.account_id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE
        )
        administration.revoke_key(self.account_id, key.id)

    def subscriptions(self) -> None:
        """Of each dialect, with all that can be set."""
        headers = [{"key": "x-of-mine", "value": "kept"}]
        track = {"event": "track", "url": "https://example.com/works", "headers": headers, "name": "Mine"}
        created = self._shipengine("/v1/environment/webhooks", track)
        self.system.clock.forward(hours=1)
        self._native(f"/v1/subscriptions/{created['webhook_id']}/rotate-secret", "POST")
        retry_policy = {"attempts": 5, "interval_seconds": 3600}
        self._native(f"/v1/subscriptions/{created['webhook_id']}", "PATCH", {"retry_policy": retry_policy})
        self._shipengine("/v1/environment/webhooks", {"event": "batch", "url": "https://example.com/broken"})
        off = self._shipengine("/v1/environment/webhooks", {"event": "rate", "url": "https://example.com/works"})
        self._native(f"/v1/subscriptions/{off['webhook_id']}", "PATCH", {"enabled": False})
        for mode, name in ((Mode.LIVE, "gone"), (Mode.TEST, "works")):
            webhook = {"event": "track_updated", "url": f"https://example.com/{name}", "is_test": mode is Mode.TEST}
            self._of("shippo", mode, "ShippoToken", "/webhooks", webhook)
        ehub = EHUB | {"status": "active", "auth_type": "hmac", "hmac_shared_secret": "made for this file"}
        self._of("ehub", Mode.LIVE, "Bearer", "/api/v2/subscriptions", ehub | {"url": "https://example.com/broken"})

    def events(self) -> None:
        """Delivered, tried again, given up and held; one with an id of its own; a registered tracking number."""
        track = {"carrier": "ups", "tracking_number": TRACKING["tracking_number"], "metadata": "Order 1"}
        self._of("shippo", Mode.LIVE, "ShippoToken", "/tracks", track)
        for number in range(6):
            self.publish({"type": EventType.TRACKING_UPDATED, "data": TRACKING, "id": f"mine-{number}"})
            self.system.dispatch()
        self.publish({"type": EventType.BATCH_COMPLETED, "data": BATCH})
        self.system.dispatch()
        self.publish({"type": EventType.TRACKING_UPDATED, "data": TRACKING}, Mode.TEST)
        self.system.dispatch()

    def messages(self) -> dict[str, list[str]]:
        """Of every kind, none of them dispatched."""
        due, shard = min(self.system.schedules.due)
        for each in (shard, 1 - shard):
            self.system.redriver.redrive(due, each)
        self.publish({"type": EventType.BATCH_COMPLETED, "data": BATCH, "id": "queued"})
        queued = decode(self.system.events.texts[-1])
        assert isinstance(queued, EventsMessage)
        again = EventsMessage(account_id=queued.account_id, mode=queued.mode, events=queued.events, republished=True)
        (held,) = self.call("ehub-live", "GET", "/api/v2/subscriptions")["subscriptions"]
        self.call("ehub-live", "PUT", f"/api/v2/subscriptions/{held['id']}", {"status": "active"})
        return {"events": [*self.system.events.texts, encode(again)], "retries": list(self.system.retries.texts)}

    def secrets(self) -> dict[str, str]:
        """What receivers verify with, by the subscription's id."""
        found = self._native("/v1/subscriptions", "GET")["subscriptions"]
        return {each["id"]: self._native(f"/v1/subscriptions/{each['id']}/secret", "GET")["secret"] for each in found}

    def publish(self, event: dict[str, Any], mode: Mode = Mode.LIVE) -> None:
        self.call(f"shipengine-{mode}", "POST", "/v1/events", event)

    def rows(self, table: DynamoTable) -> list[Any]:
        """All items, their bytes as base64."""
        rows = sorted(self.cloud.rows(table), key=lambda row: (row["pk"]["S"], row["sk"]["S"]))
        return [_plain(row) for row in rows]

    def parameters(self) -> dict[str, str]:
        """The deployment's secrets. They protect nothing: they are made for this file."""
        secrets = self.system.secrets
        read = self.cloud.ssm.get_parameter
        return {
            name: read(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
            for name, parameter in (("master", secrets.master_name), ("rsa", secrets.rsa_name))
        }

    def _native(self, path: str, method: str, body: object = None) -> Any:
        return self.call("shipengine-live", method, path, body)

    def _shipengine(self, path: str, body: object) -> Any:
        return self._of("shipengine", Mode.LIVE, "", path, body)

    def _of(self, style: str, mode: Mode, scheme: str, path: str, body: object) -> Any:
        key = self.keys[f"{style}-{mode}"]
        headers = {"authorization": f"{scheme} {key}"} if scheme else {"api-key": key}
        answer = self.system.call("POST", path, headers, body)
        assert answer.status < 300, answer.text
        return answer.json


def recorded() -> dict[str, Any]:
    """All of it, as JSON."""
    with open_cloud() as cloud:
        recording = Recording(cloud)
        recording.accounts()
        recording.subscriptions()
        recording.events()
        messages = recording.messages()
        return {
            "at": recording.system.clock.moment.isoformat(),
            "account_id": recording.account_id,
            "keys": recording.keys,
            "parameters": recording.parameters(),
            "secrets": recording.secrets(),
            "messages": messages,
            "registry": recording.rows(recording.system.registry.table),
            "ledger": recording.rows(recording.system.ledger.table),
        }


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {name: _plain(member) for name, member in value.items()}
        case list():
            return [_plain(element) for element in value]
    return value


if __name__ == "__main__":
    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1"}
    Path(sys.argv[1]).write_text(json.dumps(recorded(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
