"""What Shippo's webhooks deliver, as its receivers read and verify it."""

import hashlib
import hmac
import json
from typing import Any

import httpx
from standardwebhooks import Webhook

from local.testing import wait_for
from tests.contract.sdk.conftest import PATIENCE
from tests.contract.sdk.environments import Client


def test_python_client_accepts_every_payload_and_loses_nothing(
    shippo_python: Client, delivered: list[dict[str, Any]]
) -> None:
    bodies = [each["body"] for each in delivered]
    parsed = json.loads(shippo_python.run("shippo_3_payloads.py", given=json.dumps(bodies)))
    assert {(each["event"], each["test"]) for each in parsed} == {
        (event, is_test)
        for event in ("track_updated", "transaction_created", "transaction_updated", "batch_created", "batch_purchased")
        for is_test in (True, False)
    }
    for body, read in zip(bodies, parsed, strict=True):
        assert names(read) == names(json.loads(body))


def names(value: object, path: str = "") -> set[str]:
    """Where the members of `value` are, however what they hold is written."""
    if isinstance(value, dict):
        return {place for name, member in value.items() for place in names(member, f"{path}/{name}")}
    if isinstance(value, list):
        return {place for number, item in enumerate(value) for place in names(item, f"{path}/{number}")}
    return {path}


def test_mock_carriers_update_reaches_test_webhooks(base_url: str, keys: dict[str, str]) -> None:
    with httpx.Client(
        base_url=base_url, headers={"Authorization": f"ShippoToken {keys['shippo_test']}"}, timeout=PATIENCE
    ) as http:
        body = {"event": "track_updated", "url": f"{base_url}/bin/mock", "is_test": "true"}
        webhook_id = http.post("/webhooks/", data=body).raise_for_status().json()["object_id"]
        form = {"carrier": "shippo", "tracking_number": "SHIPPO_DELIVERED"}
        track = http.post("/tracks/", data=form).raise_for_status().json()
        arrived = wait_for(lambda: http.get("/bin/mock/requests").json(), seconds=PATIENCE, what="the mock's webhook")
        http.delete(f"/webhooks/{webhook_id}").raise_for_status()
        assert json.loads(arrived[0]["body"]) == {"event": "track_updated", "test": True, "data": track}


def test_bought_labels_number_can_be_asked_for(
    base_url: str, keys: dict[str, str], delivered: list[dict[str, Any]]
) -> None:
    with httpx.Client(
        base_url=base_url, headers={"Authorization": f"ShippoToken {keys['shippo_live']}"}, timeout=PATIENCE
    ) as http:
        asked = http.get("/tracks/usps/9499907123456123456781").raise_for_status().json()
    assert (asked["transaction"], asked["servicelevel"]["token"]) == (
        "915d94940ea54c3a80cbfa328722f5a1",
        "usps_priority",
    )


def test_each_delivery_names_the_api_version(delivered: list[dict[str, Any]]) -> None:
    assert {each["headers"]["shippo-api-version"] for each in delivered} == {"2018-02-08"}


def test_vendors_signature_fits_each_delivery(delivered: list[dict[str, Any]]) -> None:
    for each in delivered:
        told = dict(part.split("=", 1) for part in each["headers"]["shippo-auth-signature"].split(","))
        signed = f"{told['t']}.{each['body']}".encode()
        assert hmac.new(each["secret"].encode(), signed, hashlib.sha256).hexdigest() == told["v1"]


def test_standard_webhooks_verifies_each_delivery(delivered: list[dict[str, Any]]) -> None:
    for each in delivered:
        assert Webhook(each["secret"]).verify(each["body"], each["headers"]) == json.loads(each["body"])


def test_svix_verifies_each_delivery(svix: Client, delivered: list[dict[str, Any]]) -> None:
    assert int(svix.run("svix_verify.py", given=json.dumps(delivered))) == len(delivered) == 10
