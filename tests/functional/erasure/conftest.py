"""A customer who has data erased."""

import pytest

from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.functional.erasure.erasing import answers
from tests.system import System


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    """Whose endpoints answer what they were sent."""
    customer = Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)
    customer.system.retries.holds_back = True
    answers(customer, 200)
    return customer
