"""A customer with a subscription to recover."""

import pytest

from parcelhook.model.account import Mode
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.system import System


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    return Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)


@pytest.fixture
def subscription_id(customer: Customer) -> str:
    return customer.subscribe()
