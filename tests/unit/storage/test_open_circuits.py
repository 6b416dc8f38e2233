"""Open circuits are counted, each once, for as long as it is open."""

from datetime import timedelta

from parcelhook import resources
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.open_circuits import OpenCircuits
from tests import builders
from tests.cloud import Cloud
from tests.fakes import FixedClock

MINUTE = timedelta(minutes=1)


def test_circuits_count_until_they_are_half_open_or_closed(cloud: Cloud) -> None:
    clock = FixedClock()
    circuits = OpenCircuits(Ledger(table=cloud.table(resources.LEDGER)[0], clock=clock, days=30, shards=1))
    first, second, third = (builders.subscription() for _ in range(3))
    for subscription in (first, second, third):
        circuits.note(subscription, clock.now() + MINUTE)
    assert circuits.count() == 3
    circuits.note(first, clock.now() + 2 * MINUTE)
    circuits.note(second, clock.now())
    assert circuits.count() == 2
    clock.forward(minutes=1)
    assert circuits.count() == 1
    clock.forward(minutes=1)
    assert circuits.count() == 0
