"""A customer of one of the vendors, who changed nothing but the base URL."""

from dataclasses import dataclass
from typing import Any

from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import EventType
from tests.api_calls import Answered
from tests.contract.dialects.cases import Case
from tests.system import System

URL = "https://hooks.example.com/parcels"
UPDATE = {"tracking_number": "9400100000000000000000", "carrier": "usps", "status": "in_transit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Knows a vendor's calls."""

    system: System
    case: Case
    account_id: str
    key: str

    @classmethod
    def new(cls, system: System, case: Case, mode: Mode) -> "Customer":
        account_id = system.new_account()
        return cls(system=system, case=case, account_id=account_id, key=system.new_key(account_id, case.style, mode))

    def call(self, method: str, subscription_id: str = "", body: object = None, **headers: str) -> Answered:
        path = f"{self.case.path}/{subscription_id}" if subscription_id else self.case.path
        return self.system.call(method, path, self.case.headers(self.key) | headers, body)

    def subscribe(self, url: str = URL) -> str:
        answer = self.call("POST", body=self.case.new(url))
        assert answer.status == self.case.created, answer.text
        return str(answer.json[self.case.id_member])

    def url_of(self, subscription_id: str) -> str:
        """As it is read back."""
        return str(self.call("GET", subscription_id).json[self.case.url_member])

    def listed(self) -> list[dict[str, Any]]:
        return self.case.listed(self.call("GET").json)

    def listed_urls(self) -> list[str]:
        return [each[self.case.url_member] for each in self.listed()]

    def publish(self) -> str:
        return self.system.publish(self.account_id, EventType.TRACKING_UPDATED, UPDATE)

    def delivery(self, subscription_id: str) -> Delivery:
        """The only one."""
        (delivery,) = self.system.deliveries(self.account_id, subscription_id)
        return delivery

    def own(self, method: str, path: str, body: object = None) -> Answered:
        """A call of one of Parcelhook's own routes."""
        return self.system.call(method, path, {"authorization": f"Bearer {self.key}"}, body)
