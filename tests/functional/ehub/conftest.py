"""An eHub customer on a system of its own."""

import pytest

from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import EHUB
from tests.contract.dialects.customer import Customer
from tests.system import System


@pytest.fixture
def system(cloud: Cloud) -> System:
    return System(cloud)


@pytest.fixture
def customer(system: System) -> Customer:
    return Customer.new(system, EHUB, Mode.LIVE)
