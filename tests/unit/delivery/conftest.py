"""AWS for the tests of deliveries."""

from collections.abc import Iterator

import pytest

from tests.cloud import Cloud, open_cloud
from tests.unit.delivery.system import System, build_system


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """Shared by the tests of a module."""
    with open_cloud() as cloud:
        yield cloud


@pytest.fixture
def system(cloud: Cloud) -> System:
    """With a ledger of its own."""
    return build_system(cloud)
