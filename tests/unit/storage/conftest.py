"""New tables, on moto and on MiniStack, which is a second opinion on what DynamoDB does."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from infra.rehearsal import ministack
from parcelhook.resources import LEDGER
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.table import DynamoTable
from tests.cloud import Cloud, connect, open_cloud
from tests.fakes import FixedClock, ObservedClient

IMPLEMENTATIONS = ("moto", "ministack") if ministack.is_installed() else ("moto",)


@pytest.fixture(scope="session")
def ministack_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MiniStack of this run's own."""
    with ministack.running(tmp_path_factory.mktemp("ministack") / "log") as url:
        yield url


@pytest.fixture(scope="module", params=IMPLEMENTATIONS)
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """An AWS account for the tests of a module, whatever the environment says of AWS."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        if request.param == "moto":
            with open_cloud() as cloud:
                yield cloud
            return
        url = request.getfixturevalue("ministack_url")
        ministack.empty(url)
        for name, value in ministack.variables(url).items():
            patch.setenv(name, value)
        # Unlike moto, it stands parallel calls: races are races here.
        yield replace(connect(), turns=nullcontext())


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
