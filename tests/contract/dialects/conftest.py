"""Each dialect in turn, on a system of its own."""

import pytest

from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import CASES, Case
from tests.contract.dialects.customer import Customer
from tests.system import System


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def system(cloud: Cloud) -> System:
    return System(cloud)


@pytest.fixture
def customer(system: System, case: Case) -> Customer:
    return Customer.new(system, case, Mode.LIVE)
