"""Who of Shippo's subscribers gets what."""

import json
from typing import Any

import pytest

from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.security.api_keys import KeyStyle
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

UPDATE = {"tracking_number": "9400", "carrier": "usps", "status": "in_transit"}
ONE, OTHER = "https://hooks.example.com/one", "https://hooks.example.com/other"


@pytest.fixture
def system(cloud: Cloud) -> System:
    return System(cloud)


@pytest.fixture
def account_id(system: System) -> str:
    return system.new_account()


def subscribe(system: System, account_id: str, event: str, url: str, mode: Mode = Mode.LIVE, **members: Any) -> None:
    token = system.new_key(account_id, KeyStyle.SHIPPO, mode)
    body = {"event": event, "url": url} | members
    assert system.call("POST", "/webhooks", {"authorization": f"ShippoToken {token}"}, body).status == 201


def published(system: System, account_id: str, event_type: EventType = EventType.TRACKING_UPDATED) -> list[str]:
    """Where the webhooks of an event went."""
    data = UPDATE if event_type is EventType.TRACKING_UPDATED else {"batch_id": "1"}
    system.publish(account_id, event_type, data)
    return sorted(post.url for post in system.endpoint.posts)


def test_subscriber_of_an_event_and_of_all_at_one_url_gets_one_delivery(system: System, account_id: str) -> None:
    for event in ("track_updated", "all"):
        subscribe(system, account_id, event, ONE)
    assert published(system, account_id) == [ONE]


def test_subscribers_of_an_event_and_of_all_at_different_urls_both_get_one(system: System, account_id: str) -> None:
    subscribe(system, account_id, "track_updated", ONE)
    subscribe(system, account_id, "all", OTHER)
    assert published(system, account_id) == [ONE, OTHER]


def test_inactive_webhook_for_an_event_leaves_the_one_for_all_alone(system: System, account_id: str) -> None:
    subscribe(system, account_id, "track_updated", ONE, active="false")
    subscribe(system, account_id, "all", ONE)
    assert published(system, account_id) == [ONE]
    assert json.loads(system.endpoint.posts[0].body)["event"] == "track_updated"


def test_webhook_gets_no_other_events(system: System, account_id: str) -> None:
    subscribe(system, account_id, "batch_created", ONE)
    subscribe(system, account_id, "batch_purchased", OTHER)
    assert published(system, account_id, EventType.BATCH_COMPLETED) == [OTHER]


def test_mode_of_the_event_decides_which_webhook_gets_it(system: System, account_id: str) -> None:
    subscribe(system, account_id, "all", ONE)
    subscribe(system, account_id, "all", OTHER, Mode.TEST)
    system.publish(account_id, EventType.TRACKING_UPDATED, UPDATE, Mode.TEST)
    assert [post.url for post in system.endpoint.posts] == [OTHER]
    assert json.loads(system.endpoint.posts[0].body)["test"] is True
    assert published(system, account_id) == [ONE, OTHER]
    assert json.loads(system.endpoint.posts[1].body)["test"] is False


def test_retry_sends_the_same_bytes(system: System, account_id: str) -> None:
    subscribe(system, account_id, "all", f"{ONE}?status=503")
    system.endpoint.answer = lambda _: answered(503)
    system.publish(account_id, EventType.TRACKING_UPDATED, UPDATE)
    system.run_out()
    assert len(system.endpoint.posts) == 3
    assert len({post.body for post in system.endpoint.posts}) == 1


def test_default_webhook_gets_the_updates_of_a_bought_label(system: System, account_id: str) -> None:
    system.administration.set_default_webhook_url(account_id, ONE)
    label = {"object_id": "1", "status": "SUCCESS", "tracking_number": "9400", "rate": {"provider": "USPS"}}
    system.publish(account_id, EventType.TRANSACTION_CREATED, label)
    assert published(system, account_id) == [ONE]
