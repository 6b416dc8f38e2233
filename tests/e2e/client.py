"""What somebody does with the system, over HTTP only."""

from typing import Any

import httpx

from local.testing import wait_for

PATIENCE = 60.0
"""Seconds that anything may take, on a machine with much else to do. What is expected sooner says so."""


class Client:
    """One account's owner, who looks at what arrives in the request bin."""

    def __init__(self, http: httpx.Client, *, bins: str = "") -> None:
        """`bins` is what the names of this owner's bins begin with."""
        self._http = http
        self._bins = bins

    def get(self, path: str, **query: str) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def bin_url(self, name: str, query: str = "") -> str:
        return f"{self._http.base_url}/bin/{self._bins}{name}{query}".replace("//bin", "/bin")

    def subscribe(self, event: str, url: str) -> str:
        """The id of the webhook for a ShipEngine event, whose URL is now `url`."""
        answer = self._http.post("/v1/environment/webhooks", json={"event": event, "url": url})
        if answer.status_code != httpx.codes.CONFLICT:
            return str(answer.raise_for_status().json()["webhook_id"])
        webhooks = self.get("/v1/environment/webhooks")
        webhook_id = next(str(each["webhook_id"]) for each in webhooks if each["event"] == event)
        self._http.put(f"/v1/environment/webhooks/{webhook_id}", json={"url": url}).raise_for_status()
        return webhook_id

    def make_key(self) -> None:
        """One more, of the same mode, that nobody knows."""
        self._http.post("/v1/keys", json={}).raise_for_status()

    def publish(self, kind: str, data: dict[str, Any]) -> str:
        """The id of the new event."""
        return str(self._http.post("/v1/events", json={"type": kind, "data": data}).raise_for_status().json()["id"])

    def publish_all(self, kind: str, data: list[dict[str, Any]]) -> None:
        """Publishes so many at once."""
        self._http.post("/v1/events", json=[{"type": kind, "data": each} for each in data]).raise_for_status()

    def events(self, count: int) -> list[dict[str, Any]]:
        """What was published, newest first, as soon as it is so many."""

        def look() -> list[dict[str, Any]] | None:
            events: list[dict[str, Any]] = self.get("/v1/events", limit="100")["events"]
            return events if len(events) >= count else None

        return wait_for(look, seconds=PATIENCE, what=f"event {count}")

    def send_again(self, delivery_id: str) -> None:
        self._http.post(f"/v1/deliveries/{delivery_id}/retry").raise_for_status()

    def arrived(self, name: str, count: int = 1, *, seconds: float = PATIENCE) -> list[dict[str, Any]]:
        """What is in a bin, newest first, as soon as it is so many."""

        def look() -> list[dict[str, Any]] | None:
            requests: list[dict[str, Any]] = self.get(f"/bin/{self._bins}{name}/requests")
            return requests if len(requests) >= count else None

        return wait_for(look, seconds=seconds, what=f"request {count} in the bin {name}")

    def get_with_key(self, key: str, path: str) -> Any:
        """What somebody with another key sees."""
        return self._http.get(path, headers={"API-Key": key}).raise_for_status().json()

    def deliveries(self, subscription: str, state: str, count: int) -> list[dict[str, Any]]:
        """The subscription's deliveries in that state, newest first, as soon as they are so many."""

        def look() -> list[dict[str, Any]] | None:
            page: dict[str, Any] = self.get("/v1/deliveries", state=state, subscription=subscription)
            return page["deliveries"] if len(page["deliveries"]) >= count else None

        return wait_for(look, seconds=PATIENCE, what=f"{count} deliveries that are {state}")

    def delivery(self, subscription: str, state: str, *, seconds: float = PATIENCE) -> dict[str, Any]:
        """The subscription's newest delivery in that state, with its attempts, as soon as there is one."""

        def look() -> str | None:
            page = self.get("/v1/deliveries", state=state, subscription=subscription)
            return page["deliveries"][0]["id"] if page["deliveries"] else None

        delivery_id = wait_for(look, seconds=seconds, what=f"a delivery that is {state}")
        delivery: dict[str, Any] = self.get(f"/v1/deliveries/{delivery_id}")
        return delivery
