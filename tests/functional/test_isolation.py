"""One bad endpoint and the others: the slow lane, the circuit breaker, and limits, through the whole system."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptTimeoutError
from parcelhook.messages import DeliveriesMessage, decode
from parcelhook.model.account import Mode
from parcelhook.model.circuit import OPENS_AFTER
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.security.api_keys import KeyStyle
from tests.cloud import Cloud
from tests.system import RETRY_INTERVAL, Answer, System, answered

UPDATE = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}


class Tenant:
    """An account with one ShipEngine webhook."""

    def __init__(self, system: System) -> None:
        self.system, self.account_id = system, system.new_account()
        self.key = system.new_key(self.account_id, KeyStyle.SHIPENGINE)
        body = {"event": "track", "url": "https://hooks.example.com/parcels"}
        self.subscription_id: str = self.call("POST", "/v1/environment/webhooks", body)["webhook_id"]

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = self.system.call(method, path, {"api-key": self.key}, body)
        assert answer.status < 300, answer.text
        return answer.json

    def queue(self, events: int = 1) -> None:
        """Publishes, and leaves the events in their queue."""
        batch = [{"type": EventType.TRACKING_UPDATED, "data": UPDATE}] * events
        self.call("POST", "/v1/events", batch if events > 1 else batch[0])

    def publish(self, events: int = 1) -> None:
        self.queue(events)
        self.system.dispatch()

    def told(self) -> Any:
        return self.call("GET", f"/v1/subscriptions/{self.subscription_id}")

    def change(self, **members: object) -> Any:
        return self.call("PATCH", f"/v1/subscriptions/{self.subscription_id}", members)

    def deliveries(self) -> list[Delivery]:
        return self.system.deliveries(self.account_id, self.subscription_id)

    def states(self) -> set[DeliveryState]:
        return {delivery.state for delivery in self.deliveries()}

    def stored(self) -> Subscription:
        (found,) = self.system.registry.subscriptions(self.account_id, Mode.LIVE)
        return found


@pytest.fixture
def system(cloud: Cloud) -> System:
    return System(cloud)


@pytest.fixture
def tenant(system: System) -> Tenant:
    return Tenant(system)


def after(system: System, seconds: float, answer: Answer) -> Callable[[Post], Answer]:
    """An endpoint that takes its time."""

    def answering(_: Post) -> Answer:
        system.clock.forward(seconds=seconds)
        return answer

    return answering


def open_circuit(tenant: Tenant) -> None:
    tenant.system.endpoint.answer = lambda _: answered(500)
    for _ in range(OPENS_AFTER):
        tenant.publish()
    assert tenant.told()["circuit"]["state"] == "open"


def slow_messages(system: System) -> list[DeliveriesMessage]:
    found = [decode(text) for text in system.slow.texts]
    return [message for message in found if isinstance(message, DeliveriesMessage)]


def dispatch_events_only(system: System) -> None:
    """One batch of the fast lane."""
    texts = system.events.take()
    received = [ReceivedMessage(id=str(number), message=decode(text)) for number, text in enumerate(texts)]
    assert system.dispatch_messages(received) == set()


def test_healthy_endpoint_leaves_no_trace(system: System, tenant: Tenant) -> None:
    tenant.publish()
    told = tenant.told()
    assert (told["slow"], told["rate_limit"]) == (False, None)
    assert told["circuit"] == {"state": "closed", "failures": 0, "opened_at": None, "next_probe_at": None}
    assert system.slow.texts == system.retries.texts


def test_slow_answer_counts_and_the_next_delivery_takes_the_slow_lane(system: System, tenant: Tenant) -> None:
    system.endpoint.answer = after(system, 5, answered(200))
    tenant.publish()
    assert (len(system.endpoint.posts), tenant.states()) == (1, {DeliveryState.DELIVERED})
    assert tenant.told()["slow"] is True

    tenant.queue()
    dispatch_events_only(system)

    (message,) = slow_messages(system)
    assert (len(system.endpoint.posts), len(message.deliveries), message.slow) == (1, 1, True)
    waiting = system.ledger.delivery(message.deliveries[0])
    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, ())
    assert system.dispatch() == set()
    assert (len(system.endpoint.posts), tenant.states()) == (2, {DeliveryState.DELIVERED})


def test_answer_within_the_budget_brings_the_endpoint_back(system: System, tenant: Tenant) -> None:
    system.endpoint.answer = after(system, 5, answered(200))
    tenant.publish()
    system.endpoint.answer = lambda _: answered(200)
    tenant.publish()
    assert tenant.told()["slow"] is False
    tenant.queue()
    dispatch_events_only(system)
    assert (slow_messages(system), len(system.endpoint.posts)) == ([], 3)


def test_timeout_is_slow_and_its_retry_takes_the_slow_lane(system: System, tenant: Tenant) -> None:
    system.endpoint.answer = after(system, 10, AttemptTimeoutError("No complete answer within 10 s."))
    tenant.publish()
    system.clock.moment = min(moment for moment, _ in system.schedules.due)
    for moment, shard in sorted(system.schedules.due):
        system.redriver.redrive(moment, shard)
    texts = system.retries.take()
    assert len(texts) == 1
    system.events.texts.extend(texts)
    dispatch_events_only(system)
    assert len(system.endpoint.posts) == 1
    (message,) = slow_messages(system)
    system.endpoint.answer = lambda _: answered(200)
    system.dispatch()
    (delivery,) = tenant.deliveries()
    assert (delivery.state, len(delivery.attempts), delivery.key) == (
        DeliveryState.DELIVERED,
        2,
        message.deliveries[0],
    )


def test_forwarded_message_that_comes_twice_posts_once(system: System, tenant: Tenant) -> None:
    system.endpoint.answer = after(system, 5, answered(200))
    tenant.publish()
    tenant.queue()
    dispatch_events_only(system)
    system.slow.texts.extend(list(system.slow.texts))
    system.dispatch()
    assert len(system.endpoint.posts) == 2


def test_forwarded_message_that_got_lost_is_made_up_for_by_the_sweep(system: System, tenant: Tenant) -> None:
    system.endpoint.answer = after(system, 5, answered(200))
    tenant.publish()
    tenant.queue()
    dispatch_events_only(system)
    system.slow.take()
    system.clock.forward(minutes=40)
    assert system.redriver.sweep() == 1
    system.run_out()
    assert (len(system.endpoint.posts), tenant.states()) == (2, {DeliveryState.DELIVERED})


def test_worker_that_dies_before_forwarding_loses_and_doubles_nothing(system: System, tenant: Tenant) -> None:
    system.endpoint.answer = after(system, 5, answered(200))
    tenant.publish()
    tenant.queue()
    (text,) = system.events.take()
    system.events.texts.append(text)
    dispatch_events_only(system)
    system.slow.take()

    assert system.dispatch_messages([ReceivedMessage(id="1", message=decode(text), receive_count=2)]) == set()
    assert len(slow_messages(system)) == 1
    system.dispatch()
    system.run_out()
    assert (len(system.endpoint.posts), tenant.states()) == (2, {DeliveryState.DELIVERED})


def test_late_slow_queue_is_filled_again_ever_more_rarely(system: System, tenant: Tenant) -> None:
    """Each time the sweep takes a delivery for lost, it waits as long again as it has waited already."""
    system.endpoint.answer = after(system, 5, answered(200))
    tenant.publish()
    tenant.queue()
    dispatch_events_only(system)
    forwarded = 0
    for _ in range(12 * 12):
        system.clock.forward(minutes=5)
        system.redriver.sweep()
        for moment, shard in sorted(system.schedules.due):
            if moment <= system.clock.now():
                system.redriver.redrive(moment, shard)
                system.schedules.due.remove((moment, shard))
        system.events.texts.extend(system.retries.take())
        dispatch_events_only(system)
        forwarded = len(slow_messages(system))
    assert 2 <= forwarded <= 7
    system.dispatch()
    assert (len(system.endpoint.posts), tenant.states()) == (2, {DeliveryState.DELIVERED})


def test_fifth_failure_in_a_row_opens_the_circuit(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    told = tenant.told()["circuit"]
    assert (told["failures"], told["opened_at"], told["next_probe_at"]) == (
        5,
        "2026-01-02T20:00:00.000Z",
        "2026-01-02T20:01:00.000Z",
    )


def test_success_in_between_begins_the_count_anew(system: System, tenant: Tenant) -> None:
    for codes in ((500,) * 4, (200,), (500,) * 4):
        system.clock.forward(minutes=1)
        for code in codes:
            system.endpoint.answer = lambda _, code=code: answered(code)  # type: ignore[misc]
            tenant.publish()
    assert (tenant.told()["circuit"]["state"], tenant.told()["circuit"]["failures"]) == ("closed", 4)


def test_open_circuit_makes_deliveries_wait_without_a_post_or_an_attempt(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    tenant.publish()
    (delivery,) = (each for each in tenant.deliveries() if each.state is DeliveryState.PENDING)
    assert len(system.endpoint.posts) == 5
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, ())
    assert delivery.deferred_since == system.clock.now()
    assert "circuit is open" in (delivery.reason or "")


def test_probe_closes_the_circuit_and_what_waited_is_sent(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    for _ in range(3):
        tenant.publish()
    system.endpoint.answer = lambda _: answered(200)
    system.next_bucket()
    assert tenant.told()["circuit"]["state"] == "closed"
    system.run_out()
    assert tenant.states() == {DeliveryState.DELIVERED}
    assert len(system.endpoint.posts) == 5 + 8


def test_probe_that_fails_opens_it_again_for_twice_as_long(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    for _ in range(3):
        tenant.publish()
    system.next_bucket()
    assert len(system.endpoint.posts) == 6
    circuit = tenant.stored().circuit
    assert (circuit.openings, circuit.open_until) == (2, system.clock.now() + timedelta(minutes=2))
    assert tenant.told()["circuit"]["state"] == "open"


def test_dead_endpoints_deliveries_end_after_exactly_their_attempts(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    for _ in range(4):
        tenant.publish()
    began = system.clock.now()
    system.run_out()
    assert {(delivery.state, len(delivery.attempts)) for delivery in tenant.deliveries()} == {
        (DeliveryState.DISCARDED, 3)
    }
    # At most an interval of waiting for each attempt, and the interval between them; buckets are minutes.
    assert system.clock.now() - began <= 5 * RETRY_INTERVAL + timedelta(minutes=20)
    assert len(system.endpoint.posts) == 9 * 3


def test_waiting_delivery_is_written_a_few_times_only(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    tenant.publish()
    system.run_out()
    versions = [delivery.version for delivery in tenant.deliveries()]
    # Three attempts are a claim and a result each; the rest are the times that it found the circuit open.
    assert max(versions) <= 24


def test_final_answer_of_the_vendors_rule_leaves_the_circuit_alone(system: System) -> None:
    account_id = system.new_account()
    key = system.new_key(account_id, KeyStyle.SHIPPO)
    headers = {"authorization": f"ShippoToken {key}"}
    body = {"event": "track_updated", "url": "https://hooks.example.com/"}
    assert system.call("POST", "/webhooks", headers, body).status == 201
    system.endpoint.answer = lambda _: answered(404)
    for _ in range(2 * OPENS_AFTER):
        system.publish(account_id, EventType.TRACKING_UPDATED, UPDATE)
    (found,) = system.registry.subscriptions(account_id, Mode.LIVE)
    assert (found.circuit.failures, len(system.endpoint.posts)) == (0, 10)


def test_new_url_begins_with_a_clean_slate(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    system.call(
        "PUT",
        f"/v1/environment/webhooks/{tenant.subscription_id}",
        {"api-key": tenant.key},
        {"url": "https://hooks.example.com/repaired"},
    )
    assert tenant.told()["circuit"] == {
        "state": "closed",
        "failures": 0,
        "opened_at": None,
        "next_probe_at": None,
    }


def test_limit_a_second_spreads_deliveries_over_time_and_workers(system: System, tenant: Tenant) -> None:
    tenant.change(rate_limit={"per_second": 2})
    sent: list[float] = []
    began = system.clock.monotonic()

    def answering(_: Post) -> Answer:
        sent.append(system.clock.monotonic() - began)
        return answered(200)

    system.endpoint.answer = answering
    for _ in range(2):
        tenant.publish(10)
    system.run_out()
    assert (len(sent), tenant.states()) == (20, {DeliveryState.DELIVERED})
    for second in range(10):
        assert sum(second <= moment < second + 1 for moment in sent) <= 4
    assert 8 <= max(sent) <= 11


def test_recovered_endpoint_gets_what_waited_a_few_a_second(system: System, tenant: Tenant) -> None:
    open_circuit(tenant)
    for _ in range(3):
        tenant.publish(50)
    sent: list[float] = []

    def answering(_: Post) -> Answer:
        sent.append(system.clock.monotonic())
        return answered(200)

    system.endpoint.answer = answering
    system.run_out()
    assert tenant.states() == {DeliveryState.DELIVERED}
    closed_at = tenant.stored().circuit.closed_at
    assert closed_at
    drained = [moment - closed_at.timestamp() for moment in sent if moment > closed_at.timestamp()]
    for second in range(int(max(drained)) + 1):
        assert sum(second <= moment < second + 1 for moment in drained) <= 51


def test_limit_of_one_at_a_time_is_kept_by_all_workers(system: System, tenant: Tenant) -> None:
    tenant.change(rate_limit={"concurrency": 1})
    subscription = tenant.stored()
    slot = system.dialects.named("shipengine").slot
    limits = system.engine.planner.admission.lanes.limits
    now = system.clock.now()
    until = now + timedelta(seconds=90)
    assert limits.take_leases(subscription, slot, ("other",), most=1, now=now, until=until) == ("other",)
    tenant.publish(3)
    assert (len(system.endpoint.posts), len(system.slow.delayed) > 0) == (0, True)
    limits.release_leases(subscription, slot, ("other",))
    system.run_out()
    assert (len(system.endpoint.posts), tenant.states()) == (3, {DeliveryState.DELIVERED})


def test_lease_of_a_worker_that_died_runs_out(system: System, tenant: Tenant) -> None:
    tenant.change(rate_limit={"concurrency": 1})
    now = system.clock.now()
    system.engine.planner.admission.lanes.limits.take_leases(
        tenant.stored(),
        system.dialects.named("shipengine").slot,
        ("dead",),
        most=1,
        now=now,
        until=now + timedelta(seconds=90),
    )
    tenant.publish()
    system.run_out()
    assert (len(system.endpoint.posts), tenant.states()) == (1, {DeliveryState.DELIVERED})
    assert system.clock.now() >= now + timedelta(seconds=90)


@pytest.mark.parametrize(
    "limit",
    [{"per_second": 0}, {"per_second": 1001}, {"concurrency": 0}, {"concurrency": 101}, {"odd": 1}, {}, 5],
)
def test_limit_that_makes_no_sense_is_refused(tenant: Tenant, limit: object) -> None:
    path = f"/v1/subscriptions/{tenant.subscription_id}"
    answer = tenant.system.call("PATCH", path, {"api-key": tenant.key}, {"rate_limit": limit})
    assert answer.status == 422
    assert tenant.told()["rate_limit"] is None


def test_limit_can_be_taken_away(tenant: Tenant) -> None:
    assert tenant.change(rate_limit={"per_second": 2.5})["rate_limit"] == {"per_second": 2.5, "concurrency": None}
    assert tenant.told()["rate_limit"]["per_second"] == 2.5
    assert tenant.change(rate_limit=None)["rate_limit"] is None
