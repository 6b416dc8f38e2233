"""A deployment of the api on moto."""

import pytest

from parcelhook.model.account import Mode
from parcelhook.security.signing import new_rsa_key
from tests.cloud import Cloud
from tests.functional.client import Api
from tests.functional.deployment import Deployment, deploy


@pytest.fixture(scope="session")
def signing_key() -> str:
    return new_rsa_key().decode()


@pytest.fixture
def deployment(cloud: Cloud, signing_key: str) -> Deployment:
    return deploy(cloud, signing_key)


@pytest.fixture
def api(deployment: Deployment) -> Api:
    """A caller with a live key."""
    return deployment.caller()


@pytest.fixture
def sandbox(deployment: Deployment, api: Api) -> Api:
    """The same account with a sandbox key."""
    return deployment.caller(Mode.TEST, account_id=api.account_id)
