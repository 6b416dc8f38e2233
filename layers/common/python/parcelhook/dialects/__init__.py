"""The vendors whose webhooks we speak, and our own. A new vendor is a module here and a line in `build_dialects`."""

from datetime import timedelta

from parcelhook.dialects.base import Dialects
from parcelhook.dialects.ehub import EHub
from parcelhook.dialects.parcelhook import Parcelhook
from parcelhook.dialects.shipengine import ShipEngine
from parcelhook.dialects.shippo import Shippo
from parcelhook.model.delivery import RetryPolicy


def build_dialects(*, resource_base_url: str, attempts: int, interval: timedelta) -> Dialects:
    """All dialects, with the deployment's settings where a vendor leaves something to set."""
    retry_policy = RetryPolicy(attempts=attempts, interval=interval)
    return Dialects(
        (
            ShipEngine(resource_base_url=resource_base_url, retry_policy=retry_policy),
            EHub(retry_policy=retry_policy),
            Shippo(retry_policy=retry_policy),
            Parcelhook(retry_policy=retry_policy),
        )
    )
