"""A subscriber with a sink, and what the API says of its deliveries."""

import json
from collections import Counter
from typing import Any

import httpx

from local.sink import Receipt
from local.testing import RunningStack, wait_for

_PAGE = "100"
_OVERLOADED = (429, 503)
_PATIENCE = 120.0


class Subscriber:
    """The account's owner, over HTTP."""

    def __init__(self, stack: RunningStack) -> None:
        state = stack.state
        self._http = httpx.Client(
            base_url=state["base_url"], headers={"API-Key": state["keys"]["live"]}, timeout=120, trust_env=False
        )

    def close(self) -> None:
        self._http.close()

    def subscribe(self, url: str, *, dialect: str = "shippo", event: str = "transaction_created") -> str:
        """The id of a new subscription."""
        wanted = {"dialect": dialect, "event": event, "url": url}
        made = self._http.post("/v1/subscriptions", json=wanted).raise_for_status().json()
        return str(made["id"])

    def events_in(self, subscription: str, state: str) -> set[str]:
        """The ids of the events whose delivery to it is in that state, over all pages."""
        query = {"subscription": subscription, "state": state, "limit": _PAGE}
        found: set[str] = set()
        while True:
            page = self._page(query)
            found |= {delivery["event_id"] for delivery in page["deliveries"]}
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        """Asks again while the api is overloaded, which is what this is about."""

        def ask() -> httpx.Response | None:
            try:
                answer = self._http.get("/v1/deliveries", params=query)
            except httpx.TransportError:
                return None
            return None if answer.status_code in _OVERLOADED else answer.raise_for_status()

        page: dict[str, Any] = wait_for(ask, seconds=_PATIENCE, what="a page of deliveries").json()
        return page


def event_of(receipt: Receipt) -> str:
    """The event that a POST told of, by its publisher's id."""
    data = json.loads(receipt.body)["data"]
    return str(data.get("tracking_number") or data["object_id"])


def accepted_events(receipts: list[Receipt]) -> Counter[str]:
    """How often the endpoint answered an event with 2xx."""
    return Counter(event_of(receipt) for receipt in receipts if receipt.is_accepted)
