"""Both AWSs: moto's, and the simulation's. Each test of this folder must pass on either."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from local import layout
from parcelhook.resources import EVENTS, LEDGER
from parcelhook.storage.table import DynamoTable
from tests.cloud import Cloud
from tests.fakes import CountedBytes
from tests.simulation.cloud.dynamodb import SimulatedDynamoDB
from tests.simulation.cloud.scheduler import SimulatedScheduler
from tests.simulation.cloud.sqs import SimulatedSqs, queue_url
from tests.simulation.cloud.ssm import SimulatedSsm

_NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, and the client to reach it with."""

    client: Any
    url: str


@pytest.fixture(params=["moto", "simulated"])
def implementation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def table(implementation: str, cloud: Cloud) -> DynamoTable:
    """An empty ledger."""
    if implementation == "moto":
        return cloud.table(LEDGER)[0]
    client: Any = SimulatedDynamoDB([LEDGER])
    return DynamoTable(client, LEDGER.name, CountedBytes())


@pytest.fixture
def queue(implementation: str, cloud: Cloud) -> Queue:
    """An empty queue."""
    if implementation == "moto":
        return Queue(cloud.sqs, cloud.queue_url())
    return Queue(SimulatedSqs([EVENTS]), queue_url(EVENTS))


@pytest.fixture
def scheduler(implementation: str, cloud: Cloud) -> Any:
    """A scheduler with a group `group`."""
    if implementation == "simulated":
        return SimulatedScheduler()
    import boto3

    client = boto3.client("scheduler", region_name=layout.REGION)
    if "group" not in {group["Name"] for group in client.list_schedule_groups()["ScheduleGroups"]}:
        client.create_schedule_group(Name="group")
    return client


@pytest.fixture
def ssm(implementation: str, cloud: Cloud) -> Any:
    return cloud.ssm if implementation == "moto" else SimulatedSsm()


@pytest.fixture
def name() -> str:
    """One that nobody has."""
    return f"name-{next(_NUMBERS)}"
