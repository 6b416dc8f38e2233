"""A Shippo customer."""

import pytest

from parcelhook.model.account import Mode
from tests.functional.client import Api
from tests.functional.deployment import Deployment


def as_shippo(deployment: Deployment, mode: Mode, account_id: str | None = None) -> Api:
    """A caller whose key is in Shippo's header."""
    caller = deployment.caller(mode, account_id=account_id)
    return caller.with_headers(authorization=f"ShippoToken {caller.key}")


@pytest.fixture
def shippo(deployment: Deployment) -> Api:
    """With a live token."""
    return as_shippo(deployment, Mode.LIVE)


@pytest.fixture
def shippo_test(deployment: Deployment, shippo: Api) -> Api:
    """The same account with a test token."""
    return as_shippo(deployment, Mode.TEST, shippo.account_id)
