"""Uses a deployed stage once, as the README's session does: `python -m infra.smoke --stage dev [--url https://…]`."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from cli.client import ApiClient, build_http
from cli.failures import CommandError
from cli.stage import Outputs, connect, stack_name, stage_settings
from parcelhook.administration import Administration
from parcelhook.model.account import Mode
from parcelhook.security.api_keys import KeyStyle
from parcelhook.services import build_administration

WEBHOOKS = "/v1/environment/webhooks"
TRACKING = {"tracking_number": "1Z999AA10123456784", "carrier": "ups", "status": "in_transit"}
# The first webhook waits for three functions that start cold.
LONGEST_WAIT_SECONDS = 90
_PAUSE_SECONDS = 1


class SmokeError(Exception):
    """The stage does not do what it should; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoke:
    """A session with a new account's key. What is checked is what the api says of each delivery."""

    api: ApiClient
    url: str | None
    """An endpoint that answers 2xx. Without one, webhooks go to `refusing`: that they arrive is seen all the same."""
    refusing: str
    """An endpoint that answers anything but 2xx."""
    say: Callable[[str], None] = print
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    _made: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Raises `SmokeError` or `CommandError` at the first thing that is wrong. Removes what it made, in any case."""
        try:
            self._session()
        finally:
            for webhook_id in self._made:
                self.api.call("DELETE", f"{WEBHOOKS}/{webhook_id}", tries=3)

    def _session(self) -> None:
        if self.api.call("GET", "/healthz", tries=5) != {"status": "ok"}:
            raise SmokeError("/healthz does not say that all is well.")
        self.say("The api answers.")
        webhook = self.subscribe("track", self.url or self.refusing)
        delivery = self.published("tracking.updated", TRACKING)
        self._check_sent(delivery)
        self.subscribe("batch", self.refusing)
        failed = self.published("batch.completed", {"batch_id": "se-1013119"})
        if failed["state"] != "retrying" or not failed["next_attempt_at"]:
            raise SmokeError(f"A delivery that failed should be tried again, but is {failed['state']}.")
        self.say(f"A webhook that failed is tried again at {failed['next_attempt_at']}.")
        self.api.call("PATCH", f"/v1/subscriptions/{webhook}", {"enabled": False})
        self.api.call("PATCH", f"/v1/subscriptions/{webhook}", {"enabled": True})
        self.say("A webhook can be switched off and on.")

    def subscribe(self, event: str, url: str) -> str:
        """Makes a webhook, to be removed at the end. Answers its id."""
        webhook_id = str(self.api.call("POST", WEBHOOKS, {"event": event, "url": url})["webhook_id"])
        self._made.append(webhook_id)
        # A worker, and DynamoDB's reads, may not know of it for a moment.
        self.sleep(_PAUSE_SECONDS)
        return webhook_id

    def published(self, event_type: str, data: object) -> dict[str, Any]:
        """Publishes, and answers the delivery once it was tried."""
        event_id = self.api.call("POST", "/v1/events", {"type": event_type, "data": data})["id"]
        return self.tried(event_id, "it was never tried")

    def tried(self, event_id: str, complaint: str, attempts: int = 1) -> dict[str, Any]:
        """The delivery of an event once it has so many attempts. Raises `SmokeError`."""
        end = self.monotonic() + LONGEST_WAIT_SECONDS * attempts
        while self.monotonic() < end:
            for delivery_id in self._deliveries(event_id):
                delivery: dict[str, Any] = self.api.get(f"/v1/deliveries/{delivery_id}")
                if len(delivery["attempts"]) >= attempts:
                    return delivery
            self.sleep(_PAUSE_SECONDS)
        raise SmokeError(f"The event {event_id} was published, but {complaint}. The dashboard says where it is stuck.")

    def _deliveries(self, event_id: str) -> list[str]:
        try:
            return [each["id"] for each in self.api.get(f"/v1/events/{event_id}")["deliveries"]]
        except CommandError as error:
            # It is not dispatched yet.
            if getattr(error, "status", None) == 404:
                return []
            raise

    def _check_sent(self, delivery: dict[str, Any]) -> None:
        attempt = delivery["attempts"][0]
        answer = attempt["status_code"] or attempt["error"]
        if attempt["status_code"] is None or (self.url and delivery["state"] != "delivered"):
            raise SmokeError(f"The webhook was sent to {delivery['url']}, which answered {answer}, not 2xx.")
        self.say(f"A webhook was sent in {attempt['duration_ms']} ms and answered with {answer}.")


@contextmanager
def new_key(administration: Administration) -> Iterator[str]:
    """A key of an account that is there as long as it is used."""
    account = administration.create_account("Smoke test")
    try:
        _, key = administration.create_key(account.id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)
        yield key
    finally:
        administration.remove_account(account.id)


def smoke(stage: str, url: str | None) -> None:
    """Uses the stage of this name. Raises `SmokeError` or `CommandError`."""
    read = connect()
    settings = stage_settings(stage, read)
    outputs: Outputs = read(stack_name(stage)) or {}
    base_url = outputs["ApiUrl"]
    with new_key(build_administration(settings)) as key, build_http(base_url, key) as http:
        Smoke(api=ApiClient(http), url=url, refusing=_refusing()).run()
    print(f"{stack_name(stage)} works. What the session made is removed; its events expire by themselves.")


def _refusing() -> str:
    """AWS's own STS: it is public, is there in every Region, and refuses what is not signed as it wants it."""
    return f"{boto3.client('sts').meta.endpoint_url}/"


def main() -> None:
    """What `make smoke` calls."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--url", help="a public https endpoint that answers 2xx, for instance a request bin's")
    arguments = parser.parse_args()
    try:
        smoke(arguments.stage, arguments.url or None)
    except (SmokeError, CommandError) as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
