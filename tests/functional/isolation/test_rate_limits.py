"""Limits of a subscription, a second and at a time, are kept by all workers together."""

from datetime import timedelta

import pytest

from parcelhook.delivery.sender import Post
from parcelhook.model.delivery import DeliveryState
from tests.endpoint import Answer, answered
from tests.functional.isolation.tenant import Tenant
from tests.system import System


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
