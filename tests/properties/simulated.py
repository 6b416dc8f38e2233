"""The whole system on the simulated AWS, which is fast enough to be asked thousands of things."""

from functools import cache
from typing import Any

from parcelhook import resources
from parcelhook.storage.table import DynamoTable
from tests.fakes import CountedBytes
from tests.simulation.cloud.dynamodb import SimulatedDynamoDB
from tests.simulation.cloud.ssm import SimulatedSsm
from tests.system import System


class SimulatedCloud:
    """What a system asks of an AWS account."""

    def __init__(self) -> None:
        self.ssm = SimulatedSsm()

    def table(self, definition: resources.Table) -> tuple[DynamoTable, Any]:
        """A new, empty table, and the client that it is used with."""
        client: Any = SimulatedDynamoDB([definition])
        return DynamoTable(client, definition.name, CountedBytes()), client


@cache
def simulated_system() -> System:
    """The one of this process. Whoever asks makes accounts of their own: building another takes longer than a test."""
    cloud: Any = SimulatedCloud()
    return System(cloud)
