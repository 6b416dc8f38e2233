"""A slow endpoint keeps nobody waiting: its deliveries have a lane of their own, and none is lost or doubled by it."""

from collections.abc import Callable

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptTimeoutError
from parcelhook.messages import DeliveriesMessage, decode
from parcelhook.model.delivery import DeliveryState
from tests.endpoint import Answer, answered
from tests.functional.isolation.tenant import Tenant
from tests.system import System


def after(system: System, seconds: float, answer: Answer) -> Callable[[Post], Answer]:
    """An endpoint that takes its time."""

    def answering(_: Post) -> Answer:
        system.clock.forward(seconds=seconds)
        return answer

    return answering


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
