"""All that functions do on AWS, done once: every route, every kind of message, schedules and sweeps."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.api.app import build_app
from functions.api.ingest import ingest
from functions.api.routes import GROUPS
from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.tally import GROUP
from parcelhook.messages import EraseMessage, decode
from parcelhook.model.account import Mode
from parcelhook.model.event import EventKey
from parcelhook.security.api_keys import KeyStyle
from parcelhook.services import build_administration
from parcelhook.services.api import build_api_services
from parcelhook.services.dispatch import build_engine
from parcelhook.services.ingest import build_ingest_services
from parcelhook.services.retry import build_redriver, build_survey
from parcelhook.settings import Settings
from parcelhook.telemetry import Lines, build_logger
from tests.api_calls import api_event
from tests.cloud import Cloud
from tests.fakes import FixedClock

UPDATE = {"type": "tracking.updated", "data": {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}}
LABEL = {
    "type": "transaction.created",
    "data": {"object_id": "t1", "status": "SUCCESS", "tracking_number": "9400", "rate": {"provider": "USPS"}},
}
EHUB = {"subscription_type": "shipment_tracking", "status": "active", "payload_format": "json", "auth_type": "hmac"}


@dataclass(frozen=True, slots=True)
class Tenant:
    """Calls the api in every vendor's manner."""

    app: Any
    key: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"api-key": self.key, "authorization": f"Bearer {self.key}"}
        text = None if body is None else json.dumps(body)
        answer = self.app(api_event(method, path, headers, text), None)
        assert answer["statusCode"] < 300 or answer["statusCode"] in {404, 409}, answer
        return json.loads(answer["body"]) if answer.get("body") else None


def use_api(settings: Settings, key: str, endpoint: str) -> None:
    """Every route, with all that it may come to."""
    tenant = Tenant(build_app(build_api_services(settings), GROUPS), key)
    webhooks, subscriptions = "/v1/environment/webhooks", "/api/v2/subscriptions"
    webhook = tenant.call("POST", webhooks, {"event": "track", "url": endpoint})["webhook_id"]
    batch = tenant.call("POST", webhooks, {"event": "batch", "url": endpoint})["webhook_id"]
    catch_all = tenant.call("POST", "/webhooks", {"event": "all", "url": f"{endpoint}/all"})["object_id"]
    broken = tenant.call("POST", subscriptions, EHUB | {"url": f"{endpoint}/broken"})["id"]
    # Told that the broken one is disabled.
    tenant.call("POST", "/v1/subscriptions", {"dialect": "parcelhook", "event": "all", "url": f"{endpoint}/told"})
    for path in (webhooks, "/webhooks", subscriptions, "/v1/subscriptions", "/v1/event-types", "/jwks"):
        tenant.call("GET", path)
    tenant.call("PUT", f"{webhooks}/{webhook}", {"url": f"{endpoint}/new"})
    tenant.call("PUT", f"/webhooks/{catch_all}", {"event": "track_updated", "url": f"{endpoint}/all"})
    tenant.call(
        "PUT", f"{subscriptions}/{broken}", {"status": "active", "rewind_to_date": f"{datetime.now(UTC):%Y-%m-%d}"}
    )
    tenant.call("DELETE", f"{webhooks}/{batch}")
    tenant.call("PATCH", f"/v1/subscriptions/{webhook}", {"enabled": True})
    tenant.call("GET", f"/v1/subscriptions/{webhook}/secret")
    tenant.call("POST", f"/v1/subscriptions/{webhook}/rotate-secret")
    tenant.call("POST", f"/v1/subscriptions/{webhook}/test")
    tenant.call("POST", "/tracks", {"carrier": "ups", "tracking_number": "1Z"})
    tenant.call("POST", "/v1/events", UPDATE)
    tenant.call("POST", "/v1/events", LABEL)
    tenant.call("POST", "/v1/events", UPDATE | {"id": "mine"})
    tenant.call(
        "POST", "/v1/events", [UPDATE | {"id": "new"}, UPDATE | {"id": "mine", "occurred_at": "2026-01-01T00:00:00Z"}]
    )
    # So many that their sums are written down.
    tenant.call("POST", "/v1/events", [UPDATE] * GROUP)
    tenant.call("GET", f"/v1/subscriptions/{webhook}/stats")
    tenant.call("GET", "/v1/usage")
    for path in ("/v1/events", "/v1/events/mine", "/v1/deliveries", "/v1/deliveries?state=held", "/tracks/ups/1Z"):
        tenant.call("GET", path)


def use_api_afterwards(settings: Settings, key: str) -> None:
    """What needs something that was delivered."""
    tenant = Tenant(build_app(build_api_services(settings), GROUPS), key)
    delivered = tenant.call("GET", "/v1/deliveries?state=delivered")["deliveries"]
    assert tenant.call("POST", f"/v1/deliveries/{delivered[0]['id']}/retry")["id"] == delivered[0]["id"]
    tenant.call("DELETE", f"/v1/events/{delivered[0]['event_id']}/data")
    tenant.call("POST", "/v1/events", UPDATE)
    recover = f"/v1/subscriptions/{delivered[0]['subscription_id']}/recover"
    recovery = tenant.call("POST", recover, {"since": "2026-01-01T00:00:00Z", "states": ["delivered", "discarded"]})
    for path in (f"/v1/recoveries/{recovery['id']}", f"/v1/subscriptions/{recovery['subscription_id']}/recoveries"):
        assert tenant.call("GET", path)


def use_ingest(settings: Settings, account: str) -> None:
    """Updates, labels, ids taken before, and a refusal."""
    services = build_ingest_services(settings)
    again = {**UPDATE, "id": "taken"}
    contents: list[object] = [UPDATE, LABEL, again, [{**UPDATE, "id": "fresh"}, {**LABEL, "id": "taken"}], {}]
    for number, content in enumerate(contents):
        message = {"account_id": account, "mode": "live", "events": content}
        assert ingest({"messageId": str(number), "body": json.dumps(message)}, services, build_logger("ERROR"))


def all_messages(cloud: Cloud, url: str) -> list[str]:
    """However many there are: which come first is nobody's promise."""
    found: list[str] = []
    while more := cloud.messages(url):
        found += more
    return found


def use_dispatch(settings: Settings, cloud: Cloud) -> None:
    """Deliveries that succeed and fail, messages that come again, wishes to recover."""
    # A worker that is held receives what Lambda receives for it, and with the same role: see `BY_LAMBDA`.
    engine = replace(build_engine(settings, AttemptLog(Lines(None))), backlog=None)
    for url in (settings.events_queue_url, settings.retries_queue_url, settings.slow_queue_url):
        texts = all_messages(cloud, url)
        for receive_count in (1, 2):
            received = [
                ReceivedMessage(id=str(number), message=decode(text), receive_count=receive_count)
                for number, text in enumerate(texts)
            ]
            assert asyncio.run(engine.dispatch(received, deadline=engine.clock.monotonic() + 60)) == set()


def use_dispatch_for_erasure(settings: Settings, erased: EventKey) -> None:
    """The wish to erase an event's data once more, which its queue holds back for minutes."""
    engine = build_engine(settings, AttemptLog(Lines(None)))
    message = EraseMessage(
        account_id=erased.account_id,
        mode=erased.mode,
        event=erased,
        asked_at=engine.clock.now(),
        parcel=("ups", "1Z"),
    )
    received = ReceivedMessage(id="erase", message=message)
    assert asyncio.run(engine.dispatch([received], deadline=engine.clock.monotonic() + 60)) == set()


def event_on_sheets(settings: Settings, cloud: Cloud, endpoint: str) -> EventKey:
    """One of an account of its own, delivered at once with others, which share an item with it."""
    calm = replace(
        settings,
        events_queue_url=cloud.queue_url(),
        retries_queue_url=cloud.queue_url(),
        slow_queue_url=cloud.queue_url(),
        fast_budget_seconds=60,
    )
    administration = build_administration(calm)
    account_id = administration.create_account("Sheets").id
    _, key = administration.create_key(account_id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)
    tenant = Tenant(build_app(build_api_services(calm), GROUPS), key)
    tenant.call("POST", "/v1/environment/webhooks", {"event": "track", "url": endpoint})
    told = tenant.call("POST", "/v1/events", [UPDATE] * 20)["events"]
    use_dispatch(calm, cloud)
    event = EventKey(account_id, Mode.LIVE, told[0]["id"].removeprefix("evt_"))
    assert build_api_services(calm).ledger.events([event])[event].sheets
    return event


def use_retry(settings: Settings) -> None:
    """A bucket that is due, and a sweep that finds something."""
    now = datetime.now(UTC)
    # Buckets a minute wide are read from two minutes before, so that what is due in a second is among it.
    assert build_redriver(replace(settings, bucket_seconds=60)).redrive(now + timedelta(seconds=5), 0)
    redriver = build_redriver(settings)
    later = replace(redriver.waiting, clock=FixedClock(now + timedelta(seconds=5)))
    assert replace(redriver, waiting=later).sweep()
    build_survey(settings).take()
