"""A dead endpoint's circuit opens, is probed and closes, and what waited for it is sent or given up."""

from datetime import timedelta

from parcelhook.delivery.sender import Post
from parcelhook.model.account import Mode
from parcelhook.model.circuit import OPENS_AFTER
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from parcelhook.security.api_keys import KeyStyle
from tests.endpoint import Answer, answered
from tests.functional.isolation.tenant import UPDATE, Tenant, open_circuit
from tests.system import RETRY_INTERVAL, System


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
