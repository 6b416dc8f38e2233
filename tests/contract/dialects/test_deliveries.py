"""Every dialect: what is published arrives signed, is tried again as the vendor says, and ends."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from standardwebhooks.webhooks import Webhook

from parcelhook.errors import (
    AttemptTimeoutError,
    CertificateRefusedError,
    ConnectionFailedError,
    NameNotFoundError,
)
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from parcelhook.security.headers import name_fault
from tests.contract.dialects.customer import UPDATE, URL, Customer
from tests.endpoint import Answer, answered
from tests.fakes import START
from tests.system import BUCKETS, RETRY_INTERVAL, System

FAILURES: tuple[Answer, ...] = (
    answered(500),
    answered(503),
    answered(429),
    answered(408),
    AttemptTimeoutError("slow"),
    ConnectionFailedError("refused"),
    NameNotFoundError("nowhere"),
    CertificateRefusedError("expired"),
)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_delivery(customer: Customer, system: System, status: int) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: answered(status)

    customer.publish()

    delivery = customer.delivery(subscription_id)
    assert delivery.state is DeliveryState.DELIVERED
    assert [attempt.status_code for attempt in delivery.attempts] == [status]
    assert not system.schedules.due


def test_delivery_goes_to_the_endpoint_within_the_vendors_timeout(customer: Customer, system: System) -> None:
    customer.subscribe()

    customer.publish()

    (post,) = system.endpoint.posts
    assert (post.url, post.timeout_seconds) == (URL, customer.case.timeout_seconds)


def test_delivery_is_signed_by_standard_webhooks_and_as_the_vendor_does(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    system.clock.moment = datetime.now(UTC).replace(microsecond=0)  # the library refuses what is not of the moment
    secret = customer.own("GET", f"/v1/subscriptions/{subscription_id}/secret").json["secret"]
    jwk = customer.own("GET", "/jwks").json["keys"][0]

    customer.publish()

    (post,) = system.endpoint.posts
    assert Webhook(secret).verify(post.body, dict(post.headers))
    customer.case.verify(post, secret, jwk)


def test_subscribers_cannot_ask_for_a_header_that_the_dialect_sets(customer: Customer, system: System) -> None:
    customer.subscribe()

    customer.publish()

    (post,) = system.endpoint.posts
    assert [name for name in post.headers if name_fault(name, system.dialects.own_headers) is None] == []


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_failure_is_tried_as_often_as_the_vendor_does_and_then_discarded(
    customer: Customer, system: System, failure: Answer
) -> None:
    subscription_id = customer.subscribe()
    expected = customer.case.attempts_at(failure)
    system.endpoint.answer = lambda _: failure

    customer.publish()
    waiting = customer.delivery(subscription_id)
    system.run_out()

    delivery = customer.delivery(subscription_id)
    assert waiting.state is (DeliveryState.RETRYING if expected > 1 else DeliveryState.DISCARDED)
    assert delivery.state is DeliveryState.DISCARDED
    assert [attempt.number for attempt in delivery.attempts] == list(range(1, expected + 1))
    assert len(system.endpoint.posts) == expected
    assert delivery.reason


def test_attempts_lie_the_interval_apart_and_no_more_than_a_bucket_longer(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: answered(500)
    system.clock.moment = START + timedelta(seconds=17)

    customer.publish()
    system.run_out()

    times = [attempt.at for attempt in customer.delivery(subscription_id).attempts]
    for earlier, later in pairwise(times):
        assert RETRY_INTERVAL <= later - earlier <= RETRY_INTERVAL + BUCKETS.width


def test_attempts_of_a_delivery_send_the_same_id_and_the_same_bytes(customer: Customer, system: System) -> None:
    customer.subscribe()
    system.endpoint.answer = lambda _: answered(500)

    customer.publish()
    system.run_out()

    assert len({post.body for post in system.endpoint.posts}) == 1
    assert len({post.headers["webhook-id"] for post in system.endpoint.posts}) == 1
    assert len({post.headers["webhook-timestamp"] for post in system.endpoint.posts}) == customer.case.attempts


def test_retry_that_succeeds_ends_the_delivery(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: answered(500)
    customer.publish()
    system.endpoint.answer = lambda _: answered(200)

    system.run_out()

    delivery = customer.delivery(subscription_id)
    assert delivery.state is DeliveryState.DELIVERED
    assert [attempt.status_code for attempt in delivery.attempts] == [500, 200]


@pytest.mark.parametrize("status", [301, 400, 404, 410])
def test_other_statuses_are_tried_again_only_where_the_vendor_does(
    customer: Customer, system: System, status: int
) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: answered(status)

    customer.publish()
    system.run_out()

    delivery = customer.delivery(subscription_id)
    expected = customer.case.attempts_at(answered(status))
    assert (delivery.state, len(delivery.attempts)) == (DeliveryState.DISCARDED, expected)


def test_switched_off_subscription_gets_nothing_until_it_is_on_again(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    path = f"/v1/subscriptions/{subscription_id}"

    assert customer.own("PATCH", path, {"enabled": False}).json["enabled"] is False
    customer.publish()
    assert system.endpoint.posts == []
    assert customer.listed_urls() == [URL]

    assert customer.own("PATCH", path, {"enabled": True}).json["url"] == URL
    customer.publish()
    assert len(system.endpoint.posts) == 1


@pytest.mark.parametrize("how", ["deleted", "switched off"])
def test_what_waits_for_a_subscription_that_is_gone_is_discarded_with_the_reason(
    customer: Customer, system: System, how: str
) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: answered(500)
    customer.publish()

    if how == "deleted":
        customer.call("DELETE", subscription_id)
    else:
        customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", {"enabled": False})
    system.run_out()

    delivery = customer.delivery(subscription_id)
    assert delivery.state is DeliveryState.DISCARDED
    assert how in (delivery.reason or "")
    assert len(system.endpoint.posts) == 1


def test_subscription_may_have_a_retry_policy_of_its_own(customer: Customer, system: System) -> None:
    subscription_id = customer.subscribe()
    policy = {"attempts": 4, "interval_seconds": 600}
    told = customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", {"retry_policy": policy}).json
    system.endpoint.answer = lambda _: answered(500)

    customer.publish()
    system.run_out()

    assert told["retry_policy"] == policy | {"is_default": False}
    times = [attempt.at for attempt in customer.delivery(subscription_id).attempts]
    assert len(times) == 4
    for earlier, later in pairwise(times):
        assert timedelta(minutes=10) <= later - earlier <= timedelta(minutes=11)


def test_event_of_another_account_or_mode_does_not_arrive(customer: Customer, system: System) -> None:
    customer.subscribe()
    stranger = Customer.new(system, customer.case, Mode.LIVE)

    stranger.publish()
    system.publish(customer.account_id, *_update(), mode=Mode.TEST)

    assert system.endpoint.posts == []


def test_event_of_a_child_account_reaches_the_child_only(customer: Customer, system: System) -> None:
    customer.subscribe("https://hooks.example.com/parent")
    child_id = system.administration.create_account("Child", parent_id=customer.account_id).id
    child = Customer(
        system=system, case=customer.case, account_id=child_id, key=system.new_key(child_id, customer.case.style)
    )
    child.subscribe("https://hooks.example.com/child")

    child.publish()

    assert [post.url for post in system.endpoint.posts] == ["https://hooks.example.com/child"]


def _update() -> tuple[EventType, dict[str, str]]:
    return EventType.TRACKING_UPDATED, dict(UPDATE)
