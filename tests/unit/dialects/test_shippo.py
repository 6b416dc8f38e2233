"""Shippo's rules: names, ids, outcomes, headers."""

import json
from datetime import timedelta

import pytest

from parcelhook.dialects import build_dialects
from parcelhook.dialects.base import Signing
from parcelhook.dialects.shippo import Shippo, api_version
from parcelhook.errors import (
    AddressRefusedError,
    AttemptError,
    AttemptTimeoutError,
    BadResponseError,
    CertificateRefusedError,
    ConnectionFailedError,
    NameNotFoundError,
    ResponseTooLargeError,
)
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import EventType
from parcelhook.model.response import EndpointResponse
from parcelhook.security.signing import RsaSigner
from tests import builders
from tests.fakes import START, CountedBytes

POLICY = RetryPolicy(attempts=3, interval=timedelta(hours=2))
SHIPPO = Shippo(retry_policy=POLICY)
SUBSCRIPTION = builders.subscription(dialect="shippo", event_name="track_updated")


def test_names_are_the_vendors_and_all_covers_each_of_them() -> None:
    names = dict(SHIPPO.event_names)
    catch_all = names.pop("all")
    assert names == {
        "transaction_created": (EventType.TRANSACTION_CREATED,),
        "transaction_updated": (EventType.TRANSACTION_UPDATED,),
        "track_updated": (EventType.TRACKING_UPDATED,),
        "batch_created": (EventType.BATCH_CREATED,),
        "batch_purchased": (EventType.BATCH_COMPLETED,),
    }
    assert set(catch_all) == {each for types in names.values() for each in types}


def test_rules_are_three_seconds_and_the_policy_that_is_set() -> None:
    assert SHIPPO.timeout_seconds == 3
    assert SHIPPO.retry_policy is POLICY
    assert SHIPPO.disable_after is None


def test_ids_are_32_hexadecimal_digits_of_shippos_alone() -> None:
    dialects = build_dialects(resource_base_url="", attempts=3, interval=timedelta(hours=2))
    ids = Ids(CountedBytes())
    for made in (SHIPPO.new_id(ids) for _ in range(20)):
        assert dialects.owning(made).name == "shippo"
    for digits in ("0" * 32, "1" * 32, "f" * 32):
        assert [each.name for each in dialects.known if each.owns_id(digits)] == ["shippo"]
    for other in ("F" * 32, "f" * 31, "f" * 33, "g" * 32, f"{'f' * 32}\n", "", "se-abc"):
        assert not SHIPPO.owns_id(other)


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ((200, 201, 204, 299), Outcome.DELIVERED),
        ((408, 429, 500, 502, 503, 504, 599), Outcome.RETRY),
        ((300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 410, 418, 422, 451, 499), Outcome.GIVE_UP),
    ],
)
def test_answer_means(codes: tuple[int, ...], outcome: Outcome) -> None:
    for code in codes:
        assert SHIPPO.outcome(EndpointResponse(status_code=code, body=b"")) is outcome


@pytest.mark.parametrize(
    "kind",
    [
        AddressRefusedError,
        AttemptTimeoutError,
        BadResponseError,
        CertificateRefusedError,
        ConnectionFailedError,
        NameNotFoundError,
        ResponseTooLargeError,
    ],
)
def test_no_answer_at_all_is_tried_again(kind: type[AttemptError]) -> None:
    assert SHIPPO.outcome(kind("failed")) is Outcome.RETRY


@pytest.mark.parametrize("mode", Mode)
def test_envelope_tells_whether_it_is_a_test(mode: Mode) -> None:
    event = builders.event(type=EventType.TRANSACTION_CREATED, mode=mode)
    envelope = json.loads(SHIPPO.body(event, SUBSCRIPTION).content)
    assert envelope["test"] is envelope["data"]["test"] is (mode is Mode.TEST)


def test_resource_url_is_no_member_of_a_transaction() -> None:
    event = builders.event(
        type=EventType.TRANSACTION_UPDATED,
        data={"object_id": "1", "status": "QUEUED", "resource_url": "https://api.example.com/1"},
    )
    data = json.loads(SHIPPO.body(event, SUBSCRIPTION).content)["data"]
    assert data == {"object_id": "1", "status": "QUEUED", "test": False}


def test_both_secrets_sign_during_a_rotation() -> None:
    signing = Signing(now=START, secrets=[b"new" * 8, b"old" * 8], supplied={}, read_rsa=lambda: RsaSigner(b""))
    body = SHIPPO.body(builders.event(), SUBSCRIPTION)
    time, *signatures = SHIPPO.headers(body, SUBSCRIPTION, signing)["shippo-auth-signature"].split(",")
    assert time == f"t={int(START.timestamp())}"
    assert len({each for each in signatures if each.startswith("v1=") and len(each) == 67}) == 2


@pytest.mark.parametrize(
    ("wished", "named"),
    [
        (None, "2018-02-08"),
        ("2018-02-08", "2018-02-08"),
        ("2026-01-01", "2026-01-01"),
        ("2017-03-29", "2018-02-08"),
        ("latest", "2018-02-08"),
        ("2018-02-08\r\nx: y", "2018-02-08"),
    ],
)
def test_version_is_one_whose_bodies_are_sent(wished: str | None, named: str) -> None:
    assert api_version(wished) == named


def test_version_of_the_subscription_is_named_on_its_deliveries() -> None:
    signing = Signing(now=START, secrets=[b"secret"], supplied={}, read_rsa=lambda: RsaSigner(b""))
    subscription = builders.subscription(dialect="shippo", dialect_fields={"api_version": "2026-01-01"})
    body = SHIPPO.body(builders.event(), subscription)
    assert SHIPPO.headers(body, subscription, signing)["shippo-api-version"] == "2026-01-01"
