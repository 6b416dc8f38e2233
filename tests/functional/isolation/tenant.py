"""An account whose endpoint may be slow, dead or limited."""

from typing import Any

from parcelhook.model.account import Mode
from parcelhook.model.circuit import OPENS_AFTER
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import EventType
from parcelhook.model.subscription import Subscription
from parcelhook.security.api_keys import KeyStyle
from tests.endpoint import answered
from tests.system import System

UPDATE = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}


class Tenant:
    """An account with one ShipEngine webhook."""

    def __init__(self, system: System) -> None:
        self.system, self.account_id = system, system.new_account()
        self.key = system.new_key(self.account_id, KeyStyle.SHIPENGINE)
        body = {"event": "track", "url": "https://hooks.example.com/parcels"}
        self.subscription_id: str = self.call("POST", "/v1/environment/webhooks", body)["webhook_id"]

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = self.system.call(method, path, {"api-key": self.key}, body)
        assert answer.status < 300, answer.text
        return answer.json

    def queue(self, events: int = 1) -> None:
        """Publishes, and leaves the events in their queue."""
        batch = [{"type": EventType.TRACKING_UPDATED, "data": UPDATE}] * events
        self.call("POST", "/v1/events", batch if events > 1 else batch[0])

    def publish(self, events: int = 1) -> None:
        self.queue(events)
        self.system.dispatch()

    def told(self) -> Any:
        return self.call("GET", f"/v1/subscriptions/{self.subscription_id}")

    def change(self, **members: object) -> Any:
        return self.call("PATCH", f"/v1/subscriptions/{self.subscription_id}", members)

    def deliveries(self) -> list[Delivery]:
        return self.system.deliveries(self.account_id, self.subscription_id)

    def states(self) -> set[DeliveryState]:
        return {delivery.state for delivery in self.deliveries()}

    def stored(self) -> Subscription:
        (found,) = self.system.registry.subscriptions(self.account_id, Mode.LIVE)
        return found


def open_circuit(tenant: Tenant) -> None:
    tenant.system.endpoint.answer = lambda _: answered(500)
    for _ in range(OPENS_AFTER):
        tenant.publish()
    assert tenant.told()["circuit"]["state"] == "open"
