"""What the service tells an account of itself: once for each cause, to who asked, and never about itself."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from standardwebhooks import Webhook

from parcelhook.catalogue import validate
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.messages import decode
from parcelhook.model.account import Mode
from parcelhook.model.circuit import OPENS_AFTER
from parcelhook.model.event import OPERATIONAL, PUBLISHABLE, EventType
from parcelhook.security.api_keys import KeyStyle
from tests.cloud import Cloud
from tests.endpoint import Answer, answered
from tests.system import System

SHOP, OPERATOR = "https://shop.example.com/hooks", "https://operator.example.com/hooks"
UPDATE = {"tracking_number": "1Z999", "carrier": "ups", "status": "in_transit"}
EHUB = {"subscription_type": "shipment_tracking", "status": "active", "payload_format": "json", "auth_type": "hmac"}


@dataclass
class Tenant:
    """An account whose shop may be down, and whose operator wants to know."""

    system: System
    account_id: str
    shop_answers: int = 200
    operator_answers: int = 200
    posts: list[Post] = field(default_factory=list)
    """What the operator got."""

    def __post_init__(self) -> None:
        self.key = self.system.new_key(self.account_id, KeyStyle.SHIPENGINE)
        self.system.endpoint.answer = self._answer

    def _answer(self, post: Post) -> Answer:
        if post.url == SHOP:
            return answered(self.shop_answers)
        self.posts.append(post)
        return answered(self.operator_answers)

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = self.system.call(method, path, {"api-key": self.key}, body)
        assert answer.status < 300, answer.text
        return answer.json if answer.text else None

    def subscribe(self, dialect: str, event: str, url: str) -> str:
        wanted = {"dialect": dialect, "event": event, "url": url}
        return str(self.call("POST", "/v1/subscriptions", wanted)["id"])

    def publish(self, times: int = 1) -> None:
        for _ in range(times):
            self.system.publish(self.account_id, EventType.TRACKING_UPDATED, UPDATE)

    def told(self) -> list[Any]:
        return [json.loads(post.body) for post in self.posts]


@pytest.fixture
def tenant(cloud: Cloud) -> Tenant:
    system = System(cloud)
    return Tenant(system, system.new_account())


def once_more(system: System, texts: list[str]) -> None:
    """Has messages received a second time, as after a worker's death."""
    again = [ReceivedMessage(id=f"again-{text[:3]}", message=decode(text), receive_count=2) for text in texts]
    system.dispatch_messages(again)
    system.dispatch()


def test_discarded_delivery_is_told_once(tenant: Tenant) -> None:
    shop = tenant.subscribe("shipengine", "track", SHOP)
    operator = tenant.subscribe("parcelhook", "delivery.discarded", OPERATOR)
    tenant.shop_answers = 500
    tenant.publish()
    tenant.system.run_out()
    (told,) = tenant.told()
    (delivery,) = tenant.system.deliveries(tenant.account_id, shop)
    assert told["type"] == "parcelhook.delivery.discarded"
    assert told["data"] == {
        "subscription_id": shop,
        "dialect": "shipengine",
        "delivery_id": delivery.key.id,
        "event_id": delivery.event_id,
        "event_type": "tracking.updated",
        "attempt_count": 3,
        "reason": "All 3 attempts failed.",
        "last_response_code": 500,
    }
    (post,) = tenant.posts
    secret = tenant.call("GET", f"/v1/subscriptions/{operator}/secret")["secret"]
    assert (
        Webhook(secret).sign(post.headers["webhook-id"], tenant.system.clock.now(), post.body.decode())
        == post.headers["webhook-signature"]
    )


def test_same_discard_told_again_after_a_workers_death_is_one_webhook(tenant: Tenant) -> None:
    shop = tenant.subscribe("shipengine", "track", SHOP)
    tenant.subscribe("parcelhook", "all", OPERATOR)
    tenant.call("PATCH", f"/v1/subscriptions/{shop}", {"retry_policy": {"attempts": 1, "interval_seconds": 60}})
    tenant.shop_answers = 500
    tenant.call("POST", "/v1/events", {"type": "tracking.updated", "data": UPDATE})
    texts = list(tenant.system.events.texts)
    tenant.system.dispatch()
    assert len(tenant.posts) == 1
    once_more(tenant.system, texts)
    assert len(tenant.posts) == 1


def discarded_untold(tenant: Tenant) -> tuple[str, list[str]]:
    """A shop's subscription whose delivery was given up in a run that could not tell so, and that run's message."""
    shop = tenant.subscribe("shipengine", "track", SHOP)
    tenant.subscribe("parcelhook", "all", OPERATOR)
    tenant.call("PATCH", f"/v1/subscriptions/{shop}", {"retry_policy": {"attempts": 1, "interval_seconds": 60}})
    tenant.shop_answers = 500
    tenant.call("POST", "/v1/events", {"id": "one", "type": "tracking.updated", "data": UPDATE})
    texts = list(tenant.system.events.texts)
    received = tenant.system.receive()
    tenant.system.events.refuses = True
    assert tenant.system.dispatch_messages(received) == {received[0].id}
    tenant.system.events.refuses = False
    return shop, texts


def test_discard_that_the_queue_would_not_take_is_told_when_the_message_comes_again(tenant: Tenant) -> None:
    _, texts = discarded_untold(tenant)
    once_more(tenant.system, texts)
    assert [each["type"] for each in tenant.told()] == ["parcelhook.delivery.discarded"]


def test_discard_is_told_late_although_its_event_was_erased_meanwhile(tenant: Tenant) -> None:
    _, texts = discarded_untold(tenant)
    tenant.call("DELETE", "/v1/events/one/data")
    once_more(tenant.system, texts)
    assert [each["data"]["reason"] for each in tenant.told()] == ["The only attempt failed."]


def test_discard_is_told_late_although_its_subscription_is_switched_off_by_then(tenant: Tenant) -> None:
    shop, texts = discarded_untold(tenant)
    tenant.call("PATCH", f"/v1/subscriptions/{shop}", {"enabled": False})
    tenant.system.clock.forward(seconds=10)
    once_more(tenant.system, texts)
    assert [each["data"]["reason"] for each in tenant.told()] == ["The only attempt failed."]


def test_discard_that_was_told_is_the_same_webhook_when_it_is_told_after_its_event_was_erased(tenant: Tenant) -> None:
    _, texts = discarded_untold(tenant)
    once_more(tenant.system, texts)
    tenant.system.clock.forward(seconds=10)
    tenant.call("DELETE", "/v1/events/one/data")
    once_more(tenant.system, texts)
    assert len(tenant.posts) == 1


def deleted_while_a_retry_waits(tenant: Tenant) -> None:
    shop = tenant.subscribe("shipengine", "track", SHOP)
    tenant.subscribe("parcelhook", "delivery.discarded", OPERATOR)
    tenant.shop_answers = 500
    tenant.publish()
    tenant.call("DELETE", f"/v1/subscriptions/{shop}")


def test_discard_of_a_retry_is_told_when_its_message_comes_by_way_of_the_dead_letters(tenant: Tenant) -> None:
    deleted_while_a_retry_waits(tenant)
    moment, shard = min(tenant.system.schedules.due)
    tenant.system.clock.moment = moment
    tenant.system.redriver.redrive(moment, shard)
    (text,) = tenant.system.retries.take()
    retry = [ReceivedMessage(id="retry", message=decode(text))]
    tenant.system.events.refuses = True
    assert tenant.system.dispatch_messages(retry) == {"retry"}
    tenant.system.events.refuses = False
    tenant.system.clock.forward(hours=1)
    tenant.system.dispatch_messages(retry)
    tenant.system.dispatch()
    assert [each["data"]["reason"] for each in tenant.told()] == ["The subscription was deleted."]


def test_deliveries_of_a_deleted_webhook_are_told_to_be_discarded(tenant: Tenant) -> None:
    deleted_while_a_retry_waits(tenant)
    tenant.system.run_out()
    (told,) = tenant.told()
    assert told["data"]["reason"] == "The subscription was deleted."


def test_circuit_is_told_when_it_opens_and_when_it_closes(tenant: Tenant) -> None:
    shop = tenant.subscribe("shipengine", "track", SHOP)
    tenant.subscribe("parcelhook", "circuit.opened", OPERATOR)
    tenant.subscribe("parcelhook", "circuit.closed", OPERATOR)
    tenant.shop_answers = 500
    tenant.publish(OPENS_AFTER + 1)
    (opened,) = tenant.told()
    assert opened["type"] == "parcelhook.circuit.opened"
    about = {"subscription_id": shop, "dialect": "shipengine", "event": "track"}
    circuit = tenant.call("GET", f"/v1/subscriptions/{shop}")["circuit"]
    assert opened["data"] == about | {"failures": OPENS_AFTER, "next_probe_at": circuit["next_probe_at"]}
    tenant.shop_answers = 200
    tenant.system.run_out()
    _, closed = tenant.told()
    assert (closed["type"], closed["data"]) == ("parcelhook.circuit.closed", about)


def test_disabled_subscription_is_told_once(tenant: Tenant) -> None:
    shop = tenant.call("POST", "/v1/subscriptions", {"dialect": "ehub", "event": "shipment_tracking", "url": SHOP})[
        "id"
    ]
    tenant.subscribe("parcelhook", "subscription.disabled", OPERATOR)
    tenant.shop_answers = 503
    tenant.publish(7)
    (told,) = tenant.told()
    assert told["data"] == {
        "subscription_id": shop,
        "dialect": "ehub",
        "event": "shipment_tracking",
        "error_count": 5,
        "last_response_code": 503,
        "last_response_message": "The endpoint answered 503.",
    }


def test_failing_endpoint_for_operational_webhooks_causes_no_further_ones(tenant: Tenant) -> None:
    tenant.subscribe("shipengine", "track", SHOP)
    tenant.subscribe("parcelhook", "all", OPERATOR)
    tenant.shop_answers = tenant.operator_answers = 500
    tenant.publish(OPENS_AFTER + 3)
    tenant.system.run_out()
    types = {each["data"].get("event_type", "tracking.updated") for each in tenant.told()}
    assert types == {"tracking.updated"}
    events = tenant.call("GET", "/v1/events?limit=100")["events"]
    assert sum(each["type"].startswith("parcelhook.") for each in events) == 1 + OPENS_AFTER + 3


def test_nothing_is_published_for_who_did_not_ask(tenant: Tenant) -> None:
    tenant.subscribe("shipengine", "track", SHOP)
    off = tenant.subscribe("parcelhook", "all", OPERATOR)
    tenant.call("PATCH", f"/v1/subscriptions/{off}", {"enabled": False})
    tenant.shop_answers = 500
    tenant.publish()
    tenant.system.run_out()
    assert [each["type"] for each in tenant.call("GET", "/v1/events")["events"]] == ["tracking.updated"]


def test_other_account_and_other_mode_are_not_told(tenant: Tenant) -> None:
    tenant.subscribe("shipengine", "track", SHOP)
    system = tenant.system
    for account_id, mode in ((system.new_account(), Mode.LIVE), (tenant.account_id, Mode.TEST)):
        key = system.new_key(account_id, KeyStyle.SHIPENGINE, mode)
        wanted = {"dialect": "parcelhook", "event": "all", "url": OPERATOR}
        assert system.call("POST", "/v1/subscriptions", {"api-key": key}, wanted).status == 201
    tenant.shop_answers = 500
    tenant.publish()
    system.run_out()
    assert tenant.posts == []


def test_what_is_told_fits_the_catalogue(tenant: Tenant) -> None:
    tenant.subscribe("shipengine", "track", SHOP)
    tenant.subscribe("ehub", "shipment_tracking", SHOP)
    tenant.subscribe("parcelhook", "all", OPERATOR)
    tenant.shop_answers = 500
    tenant.publish(OPENS_AFTER)
    tenant.shop_answers = 200
    tenant.publish()
    tenant.system.run_out()
    tenant.shop_answers = 404
    tenant.publish()
    tenant.system.run_out()
    told = tenant.told()
    assert {each["type"] for each in told} == set(OPERATIONAL)
    for each in told:
        assert validate(EventType(each["type"]), each["data"]).keys() == each["data"].keys()


@pytest.mark.parametrize("event_type", sorted(OPERATIONAL))
def test_nobody_may_publish_them(tenant: Tenant, event_type: EventType) -> None:
    body = {"type": event_type, "data": {}}
    answer = tenant.system.call("POST", "/v1/events", {"api-key": tenant.key}, body)
    assert answer.status == 422
    (problem,) = answer.json["errors"]
    assert problem == {"pointer": "/type", "detail": f"This must be one of {', '.join(PUBLISHABLE)}."}
