"""What a batch keeps instead of sending: held, due later, or in the slow lane."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import DeliveriesMessage
from parcelhook.model.circuit import Circuit
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventKey
from parcelhook.model.rate import RateLimit
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from tests import builders
from tests.fakes import START, throttled
from tests.unit.delivery.fakes import FakeConditions, status
from tests.unit.delivery.system import System, due_message, events_message, key_of

OPEN = Circuit(failures=5, opened_at=START, open_until=START + timedelta(hours=1), openings=1)
KEPT = {
    "held": {
        "dialect": "ehub",
        "event_name": "shipment_tracking",
        "dialect_fields": {"status": "active"},
        "health": Health(error_count=5),
    },
    "circuit open": {"circuit": OPEN},
    "slow": {"slow_since": START},
    "not its turn": {"rate_limit": RateLimit(per_second=0.01)},
}


@dataclass
class FarTurns(FakeConditions):
    """Every turn is minutes ahead."""

    def take_slots(
        self, subscription: Subscription, slot: Slot, wanted: int, *, rate: float, now: datetime, horizon: timedelta
    ) -> tuple[datetime, ...]:
        return (now + timedelta(minutes=5),) * wanted


@pytest.fixture(params=list(KEPT.values()), ids=list(KEPT))
def keeping(request: pytest.FixtureRequest, system: System) -> Subscription:
    """A subscription to which nothing is sent at once."""
    members: dict[str, Any] = request.param
    system.conditions = FarTurns()
    return system.subscribe(**members)


def test_event_is_written_before_a_delivery_that_is_kept(system: System, keeping: Subscription) -> None:
    event = builders.event()
    assert system.dispatch(events_message(event)) == set()
    assert system.writes() == ["batch_write_item", "put_item"]
    assert (system.delivery(key_of(event, keeping)).attempts, system.sender.posts) == ((), [])


def test_nothing_is_kept_of_an_event_that_the_ledger_refuses(system: System, keeping: Subscription) -> None:
    """Else the message that comes again would tell an event without its subscription, if that is gone by then."""
    event = builders.event()
    system.client.fail("batch_write_item", throttled("BatchWriteItem"))
    assert system.dispatch(events_message(event)) == {"message-1"}
    assert system.ledger.deliveries([key_of(event, keeping)]) == {}
    assert system.slow.sent == []


def test_delivery_that_cannot_be_kept_brings_only_its_message_back(system: System, keeping: Subscription) -> None:
    event, other = builders.event(), builders.event()
    system.client.fail("put_item", throttled("PutItem"))
    assert system.dispatch(events_message(event), events_message(other, number=2)) == {"message-1"}
    assert system.ledger.deliveries([key_of(event, keeping), key_of(other, keeping)]).keys() == {key_of(other, keeping)}


class Lagging(Ledger):
    """Reads that are only eventually consistent do not see events yet."""

    def events(self, event_keys: Iterable[EventKey], *, consistent: bool = False) -> dict[EventKey, EventRecord]:
        return super().events(event_keys, consistent=True) if consistent else {}


def test_delivery_is_sent_although_its_event_was_written_a_moment_ago(system: System) -> None:
    subscription, event = system.subscribe(slow_since=START), builders.event()
    ledger = system.ledger
    system.ledger = Lagging(table=ledger.table, clock=ledger.clock, days=ledger.days, shards=ledger.shards)
    system.dispatch(events_message(event))
    (message,) = system.slow.sent

    assert system.dispatch(ReceivedMessage(id="message-1", message=message)) == set()

    assert system.delivery(key_of(event, subscription)).state is DeliveryState.DELIVERED


def test_copy_of_a_slow_message_does_not_bring_the_next_retry_forward(system: System) -> None:
    """Its time is that of the safety net, which may lie behind the retry."""
    subscription, event = system.subscribe(slow_since=START), builders.event()
    system.dispatch(events_message(event))
    (message,) = system.slow.sent
    assert isinstance(message, DeliveriesMessage)
    received = ReceivedMessage(id="message-1", message=replace(message, due=START + timedelta(hours=24)))
    system.sender.answer = lambda post: status(500)

    assert system.dispatch(received) == set()
    assert system.dispatch(received) == set()

    delivery = system.delivery(key_of(event, subscription))
    assert (len(system.sender.posts), delivery.state) == (1, DeliveryState.RETRYING)
    assert delivery.due_at is not None
    system.clock.moment = delivery.due_at
    assert system.dispatch(due_message(delivery.due_at, delivery.key)) == set()
    assert len(system.slow.sent) == 2
