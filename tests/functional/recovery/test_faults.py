"""Whatever dies, gets lost or comes twice during a recovery: nothing is lost or sent twice by it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import RecoverMessage
from parcelhook.model.delivery import DeliveryState
from tests.contract.dialects.customer import Customer
from tests.functional.recovery.recovering import happened, posted, recover, shown, states
from tests.system import RECOVERED_PER_SECOND


def test_messages_in_any_order_and_any_number_send_once(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DELIVERED, count=60)
    recover(customer, subscription_id, states=["delivered"])
    pages = system.receive()

    system.clock.forward(seconds=1)
    system.dispatch_messages([*pages, *pages])
    deliveries = system.receive()
    for each in [*reversed(deliveries), *deliveries, *pages, *deliveries]:
        system.clock.forward(seconds=1)
        system.dispatch_messages([each])

    assert sorted(posted(customer)) == [each.key.id for each in made]


def test_worker_that_dies_before_the_page_is_written_down_has_it_queued_again_and_sent_once(
    customer: Customer, subscription_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=30)
    recovery = recover(customer, subscription_id)
    (page,) = system.receive()
    rows = system.engine.planner.recoverer.rows
    dying = replace(system.engine.planner.recoverer, rows=Dying(rows))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        dying.recover(page.message)  # type: ignore[arg-type]
    assert shown(customer, recovery)["queued"] == 0

    system.clock.forward(seconds=1)
    system.dispatch()
    system.clock.forward(minutes=6)
    system.dispatch_messages([replace(page, receive_count=2)])
    system.dispatch()

    assert posted(customer) == [each.key.id for each in made]
    assert shown(customer, recovery)["state"] == "done"


class Dying:
    """Rows that a worker dies of when it writes."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def save(self, _: object) -> None:
        raise KeyboardInterrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)


def test_recovery_whose_message_got_lost_is_begun_by_the_sweep(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=3)
    recover(customer, subscription_id)
    system.retries.texts.clear()

    system.clock.forward(minutes=11)
    assert system.redriver.sweep() == 1
    system.dispatch()

    assert states(customer, made) == [DeliveryState.DELIVERED] * 3


def test_delivery_that_is_being_tried_is_recovered_after_its_claim(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    (made,) = happened(customer, subscription_id, DeliveryState.DISCARDED)
    recover(customer, subscription_id)
    system.dispatch_messages(system.receive())
    (message,) = system.receive()
    system.ledger.save(replace(made, claimed_until=system.clock.now() + timedelta(seconds=90)))

    assert system.dispatch_messages([message]) == {message.id}
    system.clock.forward(minutes=6)
    assert system.dispatch_messages([replace(message, receive_count=2)]) == set()

    assert states(customer, [made]) == [DeliveryState.DELIVERED]


def test_worker_that_dies_while_sending_leaves_the_rest_to_the_message(
    customer: Customer, subscription_id: str
) -> None:
    system = customer.system
    (made,) = happened(customer, subscription_id, DeliveryState.DELIVERED)
    recover(customer, subscription_id, states=["delivered"])
    system.dispatch_messages(system.receive())
    (message,) = system.receive()

    def die(_: object) -> None:
        raise KeyboardInterrupt

    healthy, system.endpoint.answer = system.endpoint.answer, die  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        system.dispatch_messages([message])
    system.endpoint.answer = healthy
    system.clock.forward(minutes=6)
    assert system.dispatch_messages([replace(message, receive_count=2)]) == set()

    tried = system.ledger.delivery(made.key)
    assert (tried.state, len(tried.attempts)) == (DeliveryState.DELIVERED, 2)


def test_stale_page_is_passed_over_and_its_successor_has_its_schedule(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    happened(customer, subscription_id, DeliveryState.DISCARDED, count=RECOVERED_PER_SECOND * 200)
    recover(customer, subscription_id)
    (page,) = system.receive()
    assert isinstance(page.message, RecoverMessage)
    system.dispatch_messages([page])
    queued, due = len(system.receive()), set(system.schedules.due)
    system.schedules.due.clear()

    system.dispatch_messages([ReceivedMessage(id="again", message=page.message, receive_count=2)])

    assert queued
    assert system.receive() == []
    assert system.schedules.due == due
