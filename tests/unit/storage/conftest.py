"""New tables on moto."""

import pytest

from parcelhook.resources import LEDGER
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.table import DynamoTable
from tests.cloud import Cloud
from tests.fakes import FixedClock, ObservedClient


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def made(cloud: Cloud) -> tuple[DynamoTable, ObservedClient]:
    """A ledger table of the test's own, and its client."""
    return cloud.table(LEDGER)


@pytest.fixture
def table(made: tuple[DynamoTable, ObservedClient]) -> DynamoTable:
    return made[0]


@pytest.fixture
def client(made: tuple[DynamoTable, ObservedClient]) -> ObservedClient:
    return made[1]


@pytest.fixture
def ledger(table: DynamoTable, clock: FixedClock) -> Ledger:
    return Ledger(table=table, clock=clock, days=30, shards=1)
