"""What earlier versions stored and queued is read and carried on by this one. `record.py` is how it was written."""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import decode
from parcelhook.storage.table import DynamoTable
from tests.api_calls import Answered
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System
from tests.upgrades.record import TRACKING, recorded

VERSIONS = sorted(Path(__file__).parent.glob("*.json"))


class Upgraded:
    """Today's code on what an earlier version left behind."""

    def __init__(self, cloud: Cloud, left: dict[str, Any]) -> None:
        self.left, self.system = left, System(cloud)
        secrets = self.system.secrets
        for name, parameter in (("master", secrets.master_name), ("rsa", secrets.rsa_name)):
            cloud.ssm.put_parameter(Name=parameter, Value=left["parameters"][name], Type="SecureString", Overwrite=True)
        _load(cloud, self.system.registry.table, left["registry"])
        _load(cloud, self.system.ledger.table, left["ledger"])
        self.system.clock.moment = datetime.fromisoformat(left["at"])

    def call(self, method: str, path: str, body: object = None, *, key: str = "shipengine-live") -> Answered:
        headers = {"authorization": f"Bearer {self.left['keys'][key]}"}
        return self.system.call(method, path, headers, body)

    def found(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, answer.text
        return answer.json

    def dispatch(self, queue: str) -> None:
        """Has the messages that were left in a queue dispatched one after the other."""
        for number, text in enumerate(self.left["messages"][queue]):
            received = ReceivedMessage(id=str(number), message=decode(text))
            assert not self.system.dispatch_messages([received])

    def posts_to(self, name: str) -> int:
        return sum(post.url.endswith(name) for post in self.system.endpoint.posts)

    def count(self, state: str) -> int:
        return len(self.found(f"/v1/deliveries?state={state}&limit=100")["deliveries"])


@pytest.fixture(params=VERSIONS, ids=lambda path: path.stem)
def upgraded(request: pytest.FixtureRequest, cloud: Cloud) -> Upgraded:
    return Upgraded(cloud, json.loads(request.param.read_text(encoding="utf-8")))


def test_there_is_a_version_to_come_from() -> None:
    assert VERSIONS


def test_every_item_says_which_form_it_has() -> None:
    everything = recorded()
    for row in [*everything["registry"], *everything["ledger"]]:
        assert row["schema"] == {"N": "1"}, (row["pk"], row["sk"])


def test_every_message_says_which_form_it_has() -> None:
    for queue in recorded()["messages"].values():
        assert {json.loads(text)["version"] for text in queue} == {1}


def test_keys_work_as_before(upgraded: Upgraded) -> None:
    assert {name: upgraded.call("GET", "/v1/subscriptions", key=name).status for name in upgraded.left["keys"]} == {
        name: 401 if name == "revoked" else 200 for name in upgraded.left["keys"]
    }


def test_subscriptions_are_as_they_were(upgraded: Upgraded) -> None:
    found = upgraded.found("/v1/subscriptions")["subscriptions"]
    assert sorted((each["dialect"], each["event"], each["enabled"]) for each in found) == [
        ("ehub", "shipment_tracking", True),
        ("shipengine", "batch", True),
        ("shipengine", "rate", False),
        ("shipengine", "track", True),
        ("shippo", "track_updated", True),
    ]
    (own_rule,) = (each["retry_policy"] for each in found if each["event"] == "track")
    assert (own_rule["attempts"], own_rule["interval_seconds"]) == (5, 3600)


def test_receivers_verify_with_the_secrets_that_they_have(upgraded: Upgraded) -> None:
    for subscription_id, secret in upgraded.left["secrets"].items():
        assert upgraded.found(f"/v1/subscriptions/{subscription_id}/secret")["secret"] == secret


def test_what_was_delivered_and_given_up_can_be_read(upgraded: Upgraded) -> None:
    assert upgraded.count("discarded") == 6
    (event,) = [each for each in upgraded.found("/v1/events?limit=100")["events"] if each["id"] == "mine-0"]
    assert event["data"]["tracking_number"] == TRACKING["tracking_number"]
    deliveries = upgraded.found("/v1/events/mine-0")["deliveries"]
    delivered = next(each for each in deliveries if each["state"] == "delivered")
    (attempt,) = upgraded.found(f"/v1/deliveries/{delivered['id']}")["attempts"]
    assert (attempt["status_code"], attempt["response_body"]) == (200, "told")


def test_event_published_before_is_not_published_again(upgraded: Upgraded) -> None:
    again = {"id": "mine-0", "type": "tracking.updated", "data": TRACKING}
    assert upgraded.call("POST", "/v1/events", again).status == 202
    assert not upgraded.system.events.texts
    again["data"] = TRACKING | {"status": "delivered"}
    assert upgraded.call("POST", "/v1/events", again).status == 409


def test_registered_tracking_number_is_known(upgraded: Upgraded) -> None:
    track = upgraded.call("GET", f"/tracks/ups/{TRACKING['tracking_number']}", key="shippo-live")
    assert (track.status, track.json["metadata"]) == (200, "Order 1")


def test_delivery_that_waited_is_delivered(upgraded: Upgraded) -> None:
    upgraded.system.endpoint.answer = lambda _: answered(200)
    before = upgraded.count("retrying")
    upgraded.system.clock.moment += timedelta(hours=3)
    upgraded.dispatch("retries")
    assert upgraded.posts_to("broken") >= 1
    assert upgraded.count("retrying") < before


def test_event_that_was_queued_is_delivered_once(upgraded: Upgraded) -> None:
    upgraded.system.endpoint.answer = lambda _: answered(200)
    upgraded.dispatch("events")
    assert upgraded.posts_to("broken") == 1
    (delivery,) = upgraded.found("/v1/events/queued")["deliveries"]
    assert delivery["state"] == "delivered"


def test_wish_to_recover_that_was_queued_is_a_recovery_of_what_was_held(upgraded: Upgraded) -> None:
    upgraded.system.endpoint.answer = lambda _: answered(200)
    upgraded.dispatch("events")
    wished = json.loads(next(text for text in upgraded.left["messages"]["events"] if '"recover"' in text))
    (recovery,) = upgraded.found(f"/v1/subscriptions/{wished['subscription_id']}/recoveries")["recoveries"]
    assert (recovery["states"], recovery["state"]) == (["held"], "done")


def test_waiting_deliveries_are_found_by_the_index_that_they_are_in(upgraded: Upgraded) -> None:
    upgraded.system.clock.moment += timedelta(hours=3)
    assert upgraded.system.redriver.sweep() == upgraded.count("retrying") > 0


def _load(cloud: Cloud, table: DynamoTable, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        item = {name: _attribute(attribute) for name, attribute in row.items()}
        cloud.dynamodb.put_item(TableName=table.name, Item=item)


def _attribute(attribute: dict[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "B":
            return {"B": base64.b64decode(value)}
        case "M":
            return {"M": {name: _attribute(member) for name, member in value.items()}}
        case "L":
            return {"L": [_attribute(element) for element in value]}
    return attribute
