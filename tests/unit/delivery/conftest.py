"""AWS for the tests of deliveries."""

import pytest

from tests.cloud import Cloud
from tests.unit.delivery.system import System, build_system


@pytest.fixture
def system(cloud: Cloud) -> System:
    """With a ledger of its own."""
    return build_system(cloud)
