"""`make demo`: a webhook from subscription to arrival, and a failing one until it is given up, on the running stack."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from local.state import read_stack

TRACKING = {
    "tracking_number": "1Z999AA10123456784",
    "carrier": "ups",
    "status": "in_transit",
    "status_description": "Arrived at the sorting centre",
}
LONGEST_WAIT = 20.0
"""Seconds for anything that should happen at once."""
PATIENT_INTERVAL = 60
"""Longest retry interval, in seconds, that the demonstration waits for."""

Result = TypeVar("Result")


class DemoError(Exception):
    """Raised when the demonstration cannot go on. Its text is for the person who watches it."""


class Demo:
    """Talks to the stack as its users do, and shows what it says."""

    def __init__(self, http: httpx.Client, retry_interval: int) -> None:
        self._http = http
        self._retry_interval = retry_interval

    def deliver(self) -> None:
        """A tracking update arrives in the request bin."""
        say("1. Subscribe the request bin to tracking updates, over ShipEngine's route")
        self._subscribe("track", "/bin/demo")
        say("2. Publish a tracking update")
        seen = self._arrived()
        began = time.monotonic()
        self._publish("tracking.updated", TRACKING)
        request = wait_for(lambda: next((each for each in self._arrived() if each not in seen), None))
        say(f"3. The webhook, as it arrived {time.monotonic() - began:.1f} s later")
        show_request(request)
        print(f"   It is on {self._http.base_url}/bin/demo too.")

    def give_up(self) -> None:
        """A failing endpoint is tried again, and given up."""
        say("4. Subscribe an endpoint that always answers 503 to finished batches, and publish one")
        subscription = self._subscribe("batch", "/bin/demo-failing?status=503")
        event = self._publish("batch.completed", {"batch_id": "se-1013119"})
        delivery = wait_for(lambda: self._delivery(subscription, event))
        say(f"5. What becomes of it: GET /v1/deliveries/{delivery['id']}")
        for number, state in enumerate(self._lives(delivery["id"]), start=1):
            show_attempt(state, number)

    def _lives(self, delivery_id: str) -> Iterator[dict[str, Any]]:
        """The delivery after each of its attempts, for as long as it is worth waiting."""
        number = 1
        while True:
            probe = partial(self._tried, delivery_id, number)
            state = wait_for(probe, seconds=LONGEST_WAIT + 2 * self._retry_interval)
            yield state
            if state["state"] != "retrying":
                print(f"   It is {state['state']}: {state['reason']}")
                return
            if self._retry_interval > PATIENT_INTERVAL:
                print("   To see the whole life in seconds: RETRY_INTERVAL_SECONDS=5 make run")
                return
            number += 1

    def _subscribe(self, event: str, path: str) -> str:
        url = str(self._http.base_url).rstrip("/") + path
        answer = self._send("POST", "/v1/environment/webhooks", {"url": url, "event": event})
        if answer.status_code != httpx.codes.CONFLICT:
            return str(checked(answer).json()["webhook_id"])
        webhooks = checked(self._http.get("/v1/environment/webhooks")).json()
        webhook_id = str(next(each["webhook_id"] for each in webhooks if each["event"] == event))
        checked(self._send("PUT", f"/v1/environment/webhooks/{webhook_id}", {"url": url}))
        return webhook_id

    def _publish(self, kind: str, data: dict[str, str]) -> str:
        return str(checked(self._send("POST", "/v1/events", {"type": kind, "data": data})).json()["id"])

    def _send(self, method: str, path: str, content: dict[str, Any]) -> httpx.Response:
        print(f"   {method} {path} {json.dumps(content)}")
        answer = self._http.request(method, path, json=content)
        print(f"   {answer.status_code} {answer.text}")
        return answer

    def _arrived(self) -> list[dict[str, Any]]:
        requests: list[dict[str, Any]] = checked(self._http.get("/bin/demo/requests")).json()
        return requests

    def _delivery(self, subscription: str, event: str) -> dict[str, Any] | None:
        page = checked(self._http.get("/v1/deliveries", params={"subscription": subscription})).json()
        return next((each for each in page["deliveries"] if each["event_id"] == event), None)

    def _tried(self, delivery_id: str, times: int) -> dict[str, Any] | None:
        state: dict[str, Any] = checked(self._http.get(f"/v1/deliveries/{delivery_id}")).json()
        return state if len(state["attempts"]) >= times else None


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a good one."""
    if answer.is_error:
        raise DemoError(f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {answer.text}")
    return answer


def wait_for(probe: Callable[[], Result | None], *, seconds: float = LONGEST_WAIT) -> Result:
    deadline = time.monotonic() + seconds
    while (result := probe()) is None:
        if time.monotonic() > deadline:
            raise DemoError(f"Nothing happened for {seconds:.0f} s. What went wrong is in the stack's output and logs.")
        time.sleep(0.1)
    return result


def say(text: str) -> None:
    print(f"\n{text}\n", flush=True)


def show_request(request: dict[str, Any]) -> None:
    print(f"   {request['method']} {request['path']}")
    for name, value in request["headers"].items():
        print(f"   {name}: {value}")
    print()
    print("   " + json.dumps(json.loads(request["body"]), indent=2).replace("\n", "\n   "))


def show_attempt(delivery: dict[str, Any], number: int) -> None:
    attempt = delivery["attempts"][number - 1]
    following = f"; the next attempt is at {delivery['next_attempt_at']}" if delivery["next_attempt_at"] else ""
    print(
        f"   attempt {number} at {attempt['at']}: answered {attempt['status_code']} "
        f"after {attempt['duration_ms']} ms{following}",
        flush=True,
    )


def main() -> int:
    """The exit code: 1 when the demonstration cannot be given."""
    directory = Path(os.environ.get("LOCAL_STATE_DIR") or ".local")
    stack = read_stack(directory)
    try:
        if stack is None:
            raise DemoError("No stack is running. Start one with `make run` in another terminal.")
        with httpx.Client(base_url=stack["base_url"], headers={"API-Key": stack["keys"]["live"]}, timeout=30) as http:
            demo = Demo(http, stack["retry_interval_seconds"])
            demo.deliver()
            demo.give_up()
    except httpx.TransportError:
        print(f"The stack of {directory}/stack.json does not answer. Start one with `make run`.", file=sys.stderr)
        return 1
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
