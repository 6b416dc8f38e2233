"""A tenant on a system of its own."""

import pytest

from tests.cloud import Cloud
from tests.functional.isolation.tenant import Tenant
from tests.system import System


@pytest.fixture
def system(cloud: Cloud) -> System:
    return System(cloud)


@pytest.fixture
def tenant(system: System) -> Tenant:
    return Tenant(system)
