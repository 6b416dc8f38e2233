"""What was published, what the endpoint got, and what the API says of it: the three must agree."""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from local.sink import Sink
from local.testing import wait_for

PATIENCE = 180.0
"""Seconds that anything may take, on a machine with much else to do."""
ATTEMPTS = 3
"""Of a delivery, by the dialect's rule."""
SETTLED = {"delivered", "discarded"}
_EVENT = {"type": "transaction.created", "data": {"object_id": "1", "status": "SUCCESS"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One delivery, as the API tells it, and its POSTs, as the endpoint saw them."""

    event_id: str
    state: str
    attempts: list[dict[str, Any]]
    statuses: list[int | None]
    """What the endpoint answered to each POST; none where the sender was gone before."""


class Books:
    """Somebody with one subscription, whose endpoint is a sink."""

    def __init__(self, http: httpx.Client, sink: Sink) -> None:
        self._http = http
        self._sink = sink
        self._subscription = ""
        self._answers: list[int | str] = []

    @property
    def answers(self) -> Counter[int | str]:
        """How calls to publish ended so far: by status, or by the error's name."""
        return Counter(self._answers)

    def subscribe(self) -> None:
        wanted = {"dialect": "shippo", "event": "transaction_created", "url": self._sink.url("/hook")}
        self._subscription = self._http.post("/v1/subscriptions", json=wanted).raise_for_status().json()["id"]

    def unsubscribe(self) -> None:
        self._http.delete(f"/v1/subscriptions/{self._subscription}").raise_for_status()

    def publish(self, *, seconds: float = PATIENCE) -> str:
        """The id of a new event. The call is made again under the publisher's own id until it is answered with 202."""
        mine = uuid.uuid4().hex
        return wait_for(lambda: self._call(mine), seconds=seconds, what="a 202")

    def publish_all(self, count: int) -> list[str]:
        """The ids of so many new events, published in one call: none is old before the last is there."""
        events = [{**_EVENT, "id": uuid.uuid4().hex} for _ in range(count)]
        answer = self._http.post("/v1/events", json=events).raise_for_status()
        return [each["id"] for each in answer.json()["events"]]

    def publish_once(self, mine: str, *, timeout: float) -> str | None:
        """The event's id, or none when the call was not answered with 202 within so many seconds."""
        return self._call(mine, timeout=timeout)

    def _call(self, mine: str, *, timeout: float = 20.0) -> str | None:
        try:
            answer = self._http.post("/v1/events", json={**_EVENT, "id": mine}, timeout=timeout)
        except httpx.TransportError as error:
            self._answers.append(type(error).__name__)
            return None
        self._answers.append(answer.status_code)
        return str(answer.json()["id"]) if answer.status_code == httpx.codes.ACCEPTED else None

    def states(self) -> Counter[str]:
        """Of all deliveries to the subscription, those not yet known to the ledger left out."""
        page = self._http.get("/v1/deliveries", params={"subscription": self._subscription, "limit": "100"})
        return Counter(delivery["state"] for delivery in page.raise_for_status().json()["deliveries"])

    def wait_for_state(self, state: str, count: int) -> None:
        """Until so many deliveries are in that state."""
        wait_for(lambda: self.states()[state] >= count, seconds=PATIENCE, what=f"{count} deliveries that are {state}")

    def settled(self, events: list[str]) -> list[Told]:
        """What became of the events, as soon as all are delivered or discarded, and nothing else is in the books."""

        def look() -> bool:
            states = self.states()
            return sum(states.values()) >= len(events) and set(states) <= SETTLED

        wait_for(look, seconds=PATIENCE, what=f"the end of {len(events)} deliveries")
        found = [self._told(event_id) for event_id in events]
        assert sum(self.states().values()) == len(events)
        return found

    def _told(self, event_id: str) -> Told:
        event = self._http.get(f"/v1/events/{event_id}").raise_for_status().json()
        (key,) = [each["id"] for each in event["deliveries"] if each["subscription_id"] == self._subscription]
        delivery = self._http.get(f"/v1/deliveries/{key}").raise_for_status().json()
        statuses = [receipt.status for receipt in self._sink.receipts if receipt.webhook_id == key]
        return Told(event_id=event_id, state=delivery["state"], attempts=delivery["attempts"], statuses=statuses)


def check(found: list[Told], *, crashes: int = 0) -> None:
    """Nothing is lost, and what the API says happened.

    `crashes` is how many times a worker died, or AWS did, while it may have had any of the deliveries in hand: each
    may have cost a delivery one POST that nobody wrote down.
    """
    for told in found:
        was_accepted = any(status is not None and 200 <= status < 300 for status in told.statuses)
        assert told.state == ("delivered" if was_accepted else "discarded"), told
        recorded = [attempt["status_code"] for attempt in told.attempts]
        answered = [status for status in recorded if status is not None]
        # What is written down was sent; what was sent and not written down is a crash's.
        assert not Counter(answered) - Counter(told.statuses), told
        assert len(told.statuses) <= len(recorded) + crashes, told
        assert len(recorded) <= ATTEMPTS, told
        if told.state == "discarded":
            assert len(recorded) == ATTEMPTS, told


def duplicates(found: list[Told]) -> int:
    """How many POSTs there were that no attempt tells of."""
    return sum(max(0, len(told.statuses) - len(told.attempts)) for told in found)
