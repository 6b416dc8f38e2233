"""Secrets and personal data are planted in every place that takes some, through a whole life of deliveries, and then
looked for in every place that tells something."""

import base64
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from parcelhook.errors import AttemptTimeoutError, CertificateRefusedError, UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.response import EndpointResponse
from parcelhook.security.api_keys import KeyStyle
from parcelhook.telemetry import SERVICE, build_logger
from tests.api_calls import Answered
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

SHARED, PASSWORD, QUERY, HEADER = "planted-hmac", "planted-password", "planted-query", "planted-header"
ENDPOINT = f"https://hooks.example.com/parcels?token={QUERY}"
NAME, STREET, NUMBER = "Greta Planted", "7 Planted Lane", "PLANTED1Z999"
MAIL, PHONE = "greta@planted.example", "+1 512 555 0188"
PERSONAL = {NAME, STREET, NUMBER, MAIL, PHONE}
TRACKING = {
    "tracking_number": NUMBER,
    "carrier": "ups",
    "status": "in_transit",
    "metadata": f"{MAIL} {PHONE}",
    "address_to": {"name": NAME, "street1": STREET, "city": "Austin", "country": "US"},
}
EVENT = {"type": "tracking.updated", "data": TRACKING}
HMAC = {"auth_type": "hmac", "hmac_shared_secret": SHARED}
BASIC = {"auth_type": "http_basic", "http_username": "shop", "http_password": PASSWORD}
SUBSCRIPTION = {"subscription_type": "shipment_tracking", "status": "active", "payload_format": "json", "url": ENDPOINT}
SHIPENGINE = {"event": "track", "url": ENDPOINT, "headers": [{"key": "X-Token", "value": HEADER}]}
SHIPPO = {"event": "track_updated", "url": ENDPOINT, "active": True, "is_test": False}


def texts(secret: bytes | str) -> set[str]:
    """A secret in the forms that it could be written in."""
    plain = secret.encode() if isinstance(secret, str) else secret
    encoded = base64.b64encode(plain).decode()
    readable = {secret} if isinstance(secret, str) else set()
    return {plain.hex(), encoded, encoded.rstrip("="), base64.urlsafe_b64encode(plain).decode(), *readable}


def found(secrets: set[str], told: str) -> list[str]:
    return sorted(secret for secret in secrets if secret in told)


@dataclass(slots=True)
class Life:
    """A customer's whole life, and what must not be told of it."""

    system: System
    account_id: str
    key: str
    answers: list[Answered] = field(default_factory=list)
    """All that reads back or is refused: not those that are there to hand a secret over."""
    handed_over: set[str] = field(default_factory=set)

    @property
    def own(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answered:
        answer = self.system.call(method, path, self.own if headers is None else headers, body)
        self.answers.append(answer)
        return answer

    def done(self, method: str, path: str, body: object = None) -> Answered:
        answer = self.call(method, path, body)
        assert answer.status < 300, (path, answer.text)
        return answer

    def secrets(self) -> set[str]:
        """In each form that it could be written in."""
        secrets = {"wrong-planted-key", *self.handed_over}
        for secret in (self.key, SHARED, PASSWORD, f"shop:{PASSWORD}", HEADER):
            secrets |= texts(secret)
        for subscription in self.system.registry.subscriptions(self.account_id, Mode.LIVE):
            for version in range(1, subscription.secret_version + 1):
                secrets |= texts(self.system.secrets.master().signing_secret(subscription.id, version))
        return secrets


@pytest.fixture(scope="module")
def system(cloud: Cloud) -> Iterator[System]:
    """With all that its loggers write among its lines, at the level that writes most."""
    logger, system = logging.getLogger(SERVICE), System(cloud)
    before = logger.level, logger.handlers
    build_logger("DEBUG", system.lines.append)
    yield system
    logger.level, logger.handlers = before


@pytest.fixture(scope="module")
def life(system: System) -> Life:
    account_id = system.new_account()
    life = Life(system, account_id, system.new_key(account_id, KeyStyle.EHUB))
    subscribe(life)
    deliver(life)
    give_up(life)
    look_after(life)
    refuse(life)
    return life


def subscribe(life: Life) -> None:
    """In all three dialects, with each kind of secret."""
    for credentials in (HMAC, BASIC):
        made = life.system.call("POST", "/api/v2/subscriptions", life.own, SUBSCRIPTION | credentials)
        assert made.status == 201, made.text
        assert PASSWORD not in made.text
    shipengine = life.system.call("POST", "/v1/environment/webhooks", {"api-key": life.key}, SHIPENGINE)
    shippo = life.system.call("POST", "/webhooks", {"authorization": f"ShippoToken {life.key}"}, SHIPPO)
    assert (shipengine.status, shippo.status) == (200, 201), (shipengine.text, shippo.text)


def deliver(life: Life) -> None:
    """To endpoints that answer, that repeat what they were sent, that fail, and that bring our own code to fail."""
    repeated = EndpointResponse(status_code=500, body=json.dumps(TRACKING).encode())
    for answer in (answered(200), repeated, CertificateRefusedError("The endpoint's certificate was refused.")):
        life.system.endpoint.answer = lambda _, told=answer: told  # type: ignore[misc]
        life.done("POST", "/v1/events", EVENT)
        life.system.dispatch()
    for fault in (KeyError(NAME), ValueError(f"{STREET}, {PASSWORD}"), UnavailableError("AWS is gone.")):
        life.system.endpoint.answer = _raising(fault)
        life.done("POST", "/v1/events", EVENT)
        life.system.dispatch()


def _raising(fault: Exception) -> Callable[[object], EndpointResponse]:
    def answer(_: object) -> EndpointResponse:
        raise fault

    return answer


def give_up(life: Life) -> None:
    """Until nothing is due any more."""
    life.system.endpoint.answer = lambda _: AttemptTimeoutError("The endpoint did not answer within 10 s.")
    life.done("POST", "/v1/events", EVENT | {"id": MAIL})
    life.system.dispatch()
    life.system.run_out()


def look_after(life: Life) -> None:
    """What people do by hand: tests, manual retries, recoveries, rotations, questions, erasures."""
    life.system.endpoint.answer = lambda _: answered(200)
    (delivery, *_) = life.done("GET", "/v1/deliveries?state=discarded").json["deliveries"]
    life.done("POST", f"/v1/deliveries/{delivery['id']}/retry")
    life.system.dispatch()
    subscription = f"/v1/subscriptions/{delivery['subscription_id']}"
    life.done("POST", f"{subscription}/test", {"data": TRACKING})
    life.done("POST", f"{subscription}/recover", {"since": "2026-01-01T00:00:00Z"})
    life.system.dispatch()
    life.system.run_out()
    life.done("GET", f"/v1/events/{MAIL}/explain")
    life.done("GET", f"/v1/deliveries?tracking_number={NUMBER}")
    life.call("GET", f"/tracks/ups/{NUMBER}", headers={"authorization": f"ShippoToken {life.key}"})
    for path in (f"{subscription}/rotate-secret", "/v1/keys"):
        handing_over = life.system.call("POST", path, life.own, {} if path == "/v1/keys" else None)
        assert handing_over.status < 300, handing_over.text
        life.handed_over |= {handing_over.json.get("secret") or handing_over.json["key"]}
    (event, *_) = life.done("GET", "/v1/events").json["events"]
    life.done("DELETE", f"/v1/events/{event['id']}/data")
    life.system.dispatch()


def refuse(life: Life) -> None:
    """Calls that no good comes of."""
    life.call("GET", "/v1/events", headers={"api-key": "wrong-planted-key"})
    life.call("POST", "/v1/events", '{"planted-key": ')
    life.call("POST", "/v1/events", {"type": "tracking.updated", "data": TRACKING | {"status": NAME}})
    life.call("GET", f"/v1/{STREET}/{MAIL}")
    life.call("GET", f"/v1/events/{PHONE}")


def test_life_has_a_line_for_each_attempt_and_each_call(life: Life) -> None:
    lines = [json.loads(text) for text in life.system.lines]
    attempts = [line for line in lines if line["message"] == "delivery.attempted"]
    # Of the tests that people send, the line of the call tells.
    assert len(attempts) == len(life.system.endpoint.posts) - 1 - len(_faults(lines))
    assert {line["outcome"] for line in attempts} == {"delivered", "retry"}
    calls = [line for line in lines if line["message"] == "api.answered"]
    assert {line["status"] for line in calls} >= {200, 201, 202, 204, 400, 401, 404}
    published = [line for line in calls if line["route"] == "POST /v1/events" and line["status"] == 202]
    assert all(line["account_id"] == life.account_id and len(line["event_ids"]) == 1 for line in published)
    events = {event_id.removeprefix("evt_") for line in published for event_id in line["event_ids"]}
    assert {line["delivery_id"].split("_")[1] for line in attempts} <= events


def _faults(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in lines if str(line["message"]).startswith("delivery put back")]


def test_lines_tell_no_secret_and_nothing_of_a_person(life: Life) -> None:
    told = "\n".join(life.system.lines)
    assert _faults([json.loads(text) for text in life.system.lines])
    assert found(life.secrets() | PERSONAL | {QUERY}, told) == []


def test_libraries_do_not_tell_what_they_are_given(life: Life) -> None:
    for library in ("botocore", "urllib3", "httpx", "httpcore", "asyncio"):
        assert not logging.getLogger(library).isEnabledFor(logging.INFO), library


def test_tables_hold_no_secret_that_can_be_read(life: Life, cloud: Cloud) -> None:
    ledger, registry = cloud.rows(life.system.ledger.table), cloud.rows(life.system.registry.table)
    assert len(ledger) > 20
    # A subscriber's own headers are kept as they were given, with its subscription alone.
    for rows, public in ((ledger, set()), (registry, texts(HEADER))):
        told = json.dumps(rows, default=lambda value: bytes(value).decode("latin-1"), ensure_ascii=False)
        assert found(life.secrets() - public, told) == []


def test_answers_tell_no_secret_a_second_time(life: Life) -> None:
    paths = ["/v1/events", "/v1/subscriptions", "/v1/account", "/v1/keys", "/v1/dialects", "/api/v2/subscriptions"]
    deliveries = life.system.call("GET", "/v1/deliveries", life.own).json["deliveries"]
    assert len(deliveries) > 10
    for path in (*paths, *(f"/v1/deliveries/{each['id']}" for each in deliveries)):
        life.done("GET", path)
    # Their own headers are the subscriber's to see.
    told = "\n".join(answer.text for answer in life.answers)
    assert found(life.secrets() - texts(HEADER), told) == []


def test_refusals_do_not_repeat_what_proves_a_caller(life: Life) -> None:
    key = life.key
    for headers in ({"api-key": f"{key}x"}, {"authorization": f"Bearer {key}x"}, {"authorization": f"Basic {key}"}):
        answer = life.call("GET", "/v1/events", headers=headers)
        assert answer.status == 401
        assert key not in answer.text


def test_exceptions_and_representations_show_no_secret(life: Life) -> None:
    system = life.system
    shown = [repr(each) for each in system.registry.subscriptions(life.account_id, Mode.LIVE)]
    shown += [repr(system.secrets), repr(system.secrets.master()), repr(system.secrets.rsa())]
    assert found(life.secrets() - texts(HEADER), "\n".join(shown)) == []
