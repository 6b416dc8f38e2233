"""Answers on ShipEngine's routes have the shapes of its public OpenAPI 1.1, and no member besides."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tests.api_calls import Answered
from tests.cloud import Cloud
from tests.fakes import throttled
from tests.functional.client import Api
from tests.functional.deployment import Deployment, deploy

PATH = "/v1/environment/webhooks"

EventName = Literal[
    "batch",
    "carrier_connected",
    "order_source_refresh_complete",
    "rate",
    "report_complete",
    "sales_orders_imported",
    "track",
]
ErrorSource = Literal["carrier", "order_source", "shipengine"]
ErrorType = Literal["account_status", "business_rules", "validation", "security", "system", "integrations"]
_ERROR_CODES = """
    auto_fund_not_supported batch_cannot_be_modified carrier_conflict carrier_disconnected carrier_not_connected
    carrier_not_supported confirmation_not_supported default_warehouse_cannot_be_deleted field_conflict
    field_value_required forbidden identifier_conflict identifiers_must_match insufficient_funds invalid_address
    invalid_billing_plan invalid_field_value invalid_identifier invalid_status invalid_string_length
    label_images_not_supported meter_failure order_source_not_active rate_limit_exceeded refresh_not_supported
    request_body_required return_label_not_supported settings_not_supported subscription_inactive terms_not_accepted
    tracking_not_supported trial_expired unauthorized unknown unspecified verification_failure warehouse_conflict
    webhook_event_type_conflict customs_items_required incompatible_paired_labels invalid_charge_event invalid_object
    no_rates_returned
"""
ERROR_CODES = frozenset(_ERROR_CODES.split())


class Closed(BaseModel):
    """An object with `additionalProperties: false`."""

    model_config = ConfigDict(extra="forbid")


class Header(Closed):
    key: str
    value: str


class Webhook(Closed):
    webhook_id: Annotated[str, Field(min_length=1, max_length=25, pattern=r"^se(-[a-z0-9]+)+$")]
    url: Annotated[str, Field(pattern=r"^https://")]
    event: EventName
    # Newer than the published schema: told only where they were given.
    headers: list[Header] = []
    name: str = ""
    store_id: int | str = 0


class Error(Closed):
    error_source: ErrorSource
    error_type: ErrorType
    error_code: str
    message: Annotated[str, Field(min_length=1)]
    field_name: str = ""
    carrier_id: str = ""
    carrier_code: str = ""


class ErrorResponse(Closed):
    request_id: UUID
    errors: Annotated[list[Error], Field(min_length=1)]


WEBHOOK, WEBHOOKS = TypeAdapter(Webhook), TypeAdapter(list[Webhook])
# Of each operation: how it succeeds. 401, 403, 413 and 503 are of the whole API, not of an operation.
SUCCESSES: dict[tuple[str, bool], tuple[int, TypeAdapter[Any] | None]] = {
    ("GET", False): (200, WEBHOOKS),
    ("POST", False): (200, WEBHOOK),
    ("GET", True): (200, WEBHOOK),
    ("PUT", True): (204, None),
    ("DELETE", True): (204, None),
}
FAILURES = {
    ("GET", False): {400, 500},
    ("POST", False): {400, 409, 500},
    ("GET", True): {400, 404, 500},
    ("PUT", True): {400, 404, 500},
    ("DELETE", True): {400, 404, 500},
}
OF_THE_API = {401, 403, 405, 413, 503}


@dataclass(slots=True)
class Checked:
    """A caller each of whose answers is held against the contract."""

    api: Api
    seen: set[tuple[str, bool, int]] = field(default_factory=set)

    def call(self, method: str, webhook_id: str = "", body: Any = None, *, raw: bytes | None = None) -> Answered:
        path = f"{PATH}/{webhook_id}" if webhook_id else PATH
        answer = self.api.call(method, path, raw=raw) if raw is not None else self.api.call(method, path, body)
        self._check(method, bool(webhook_id), answer)
        return answer

    def _check(self, method: str, of_one: bool, answer: Answered) -> None:
        self.seen.add((method, of_one, answer.status))
        status, shape = SUCCESSES.get((method, of_one), (0, None))
        if answer.status != status:
            check_error(answer, FAILURES.get((method, of_one), set()) | OF_THE_API)
        elif shape is None:
            assert answer.text == ""
        else:
            assert re.match("application/json", answer.headers["content-type"])
            shape.validate_json(answer.text, strict=True)


def check_error(answer: Answered, possible: set[int]) -> None:
    assert answer.status in possible, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    response = ErrorResponse.model_validate_json(answer.text)
    assert answer.headers["request-id"] == str(response.request_id)
    assert {error.error_code for error in response.errors} <= ERROR_CODES


@pytest.fixture
def deployment(cloud: Cloud) -> Deployment:
    return deploy(cloud, "these routes never sign")


@pytest.fixture
def caller(deployment: Deployment) -> Checked:
    return Checked(deployment.caller())


def test_life_of_a_webhook_keeps_the_contract(caller: Checked) -> None:
    for event in EventName.__args__:  # type: ignore[attr-defined]
        caller.call("POST", body={"event": event, "url": "https://example.com/hook"})
    webhook_id = caller.call("GET").json[0]["webhook_id"]
    caller.call("GET", webhook_id)
    caller.call("PUT", webhook_id, {"url": "https://example.com/new"})
    caller.call("DELETE", webhook_id)
    caller.call("GET", webhook_id)
    assert caller.seen == {(*operation, status) for operation, (status, _) in SUCCESSES.items()} | {("GET", True, 404)}


def test_newer_members_keep_the_contract(caller: Checked) -> None:
    newer = {"name": "Shop", "store_id": 7, "headers": [{"key": "X-Shop", "value": "7"}]}
    webhook = caller.call("POST", body={"event": "track", "url": "https://example.com/hook", **newer}).json
    assert caller.call("GET", webhook["webhook_id"]).json == webhook
    assert caller.call("GET").json == [webhook]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"{}",
        b'{"url": 1, "event": 1}',
        b'{"url": "http://example.com/", "event": "track"}',
        b'{"url": "https://10.0.0.1/", "event": "nonsense"}',
        b'{"url": "https://a:b@example.com/", "event": "track", "headers": [{"key": "Host"}]}',
        b'{"url": "' + b"a" * 70_000 + b'"}',
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_refused_body_keeps_the_contract(caller: Checked, method: str, raw: bytes) -> None:
    webhook_id = caller.call("POST", body={"event": "rate", "url": "https://example.com/"}).json["webhook_id"]
    answer = caller.call(method, webhook_id if method == "PUT" else "", raw=raw)
    assert answer.status in {400, 413}


def test_conflict_keeps_the_contract(caller: Checked) -> None:
    for _ in range(2):
        answer = caller.call("POST", body={"event": "track", "url": "https://example.com/"})
    assert answer.status == 409


@pytest.mark.parametrize(("webhook_id", "status"), [("se-1", 404), ("nonsense", 400)])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_wrong_id_keeps_the_contract(caller: Checked, method: str, webhook_id: str, status: int) -> None:
    assert caller.call(method, webhook_id, {"url": "https://example.com/"}).status == status


@pytest.mark.parametrize(("method", "webhook_id"), [(method, "se-1" if of_one else "") for method, of_one in SUCCESSES])
def test_refused_caller_keeps_the_contract(deployment: Deployment, method: str, webhook_id: str) -> None:
    nobody = Checked(deployment.caller().with_key("wrong"))
    assert nobody.call(method, webhook_id, {}).status == 401


def test_wrong_verb_keeps_the_contract(caller: Checked) -> None:
    assert caller.call("PATCH", "se-1", {}).status == 405


def test_outage_and_fault_keep_the_contract(caller: Checked, deployment: Deployment) -> None:
    for error, status in ((throttled("BatchGetItem"), 503), (RuntimeError("ours"), 500)):
        deployment.dynamodb.fail("batch_get_item", error)
        assert caller.call("GET").status == status
