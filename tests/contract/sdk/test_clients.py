"""The vendors' own clients, unmodified, against a running stack: only the base URL is ours."""

import json
from typing import Any

from tests.contract.sdk.environments import Client

REFUSED_TOKEN = {"detail": "Token does not exist"}
NOT_FOUND = {"detail": "Not found."}


def test_shippos_python_client(shippo_python: Client, base_url: str, keys: dict[str, str]) -> None:
    told: dict[str, Any] = json.loads(
        shippo_python.run("shippo_3.py", base_url, keys["shippo_live"], keys["shippo_test"])
    )
    created = told["created"]
    assert (created["event"], created["active"], created["is_test"]) == ("track_updated", True, False)
    assert told["shown"] == created
    assert sorted(told["listed"]) == sorted(
        ["track_updated", "transaction_created", "transaction_updated", "batch_created", "batch_purchased", "all"]
    )
    assert told["count"] == 6
    changed = told["changed"]
    assert (changed["object_id"], changed["event"], changed["active"]) == (created["object_id"], "all", False)
    assert told["test"]["is_test"] is True
    assert told["left"] == 0
    assert told["registered"] == told["asked"]
    assert told["registered"]["metadata"] == "Order 1"
    assert told["mock"]["tracking_status"]["status"] == "DELIVERED"
    assert told["refusals"] == {
        "carrier": [400, {"carrier": ["Invalid value specified for provider 'nobody'"]}],
        "number": [404, NOT_FOUND],
        "unknown": [404, NOT_FOUND],
        "token": [401, REFUSED_TOKEN],
        "url": [400, {"url": ["Ensure this field has no more than 199 characters."]}],
    }


def test_shippos_older_python_client(shippo_legacy: Client, base_url: str, keys: dict[str, str]) -> None:
    told: dict[str, Any] = json.loads(shippo_legacy.run("shippo_2.py", base_url, keys["shippo_live"]))
    assert told["shown"] == told["created"]
    assert told["listed"]["results"] == [told["second"]]
    assert told["listed"]["previous"].endswith("/v1/webhooks/?page=1&results=1")
    assert told["changed"]["url"] == "https://hooks.example.com/legacy/2"
    assert told["left"] == 0
    assert told["registered"] == told["asked"]
    assert told["mock"]["tracking_status"]["status"] == "TRANSIT"
    assert told["refusals"] == {
        "unknown": ["InvalidRequestError", NOT_FOUND],
        "event": ["InvalidRequestError", {"event": ['"nothing" is not a valid choice.']}],
        "token": ["AuthenticationError", REFUSED_TOKEN],
    }


def test_shippos_javascript_client(
    shippo_javascript: Client, base_url: str, keys: dict[str, str], delivered: list[dict[str, Any]]
) -> None:
    bodies = [each["body"] for each in delivered]
    told: dict[str, Any] = json.loads(
        shippo_javascript.run("shippo_2.cjs", base_url, keys["shippo_live"], given=json.dumps(bodies))
    )
    assert told["shown"] == told["created"]
    assert [each["event"] for each in told["listed"]["results"]] == ["track_updated", "all"]
    assert told["changed"]["event"] == "batch_created"
    assert told["left"] == 0
    assert told["registered"] == told["asked"]
    assert told["mock"]["trackingStatus"]["status"] == "RETURNED"
    assert told["refusals"] == {"unknown": [404, NOT_FOUND], "token": [401, REFUSED_TOKEN]}
    assert [each["event"] for each in told["payloads"]] == [json.loads(body)["event"] for body in bodies]
    (track, _) = [each["data"] for each in told["payloads"] if each["event"] == "track_updated"]
    assert track["trackingStatus"] == track["trackingHistory"][-1]


def test_shipengines_python_client(shipengine_python: Client, base_url: str, keys: dict[str, str]) -> None:
    told: dict[str, Any] = json.loads(shipengine_python.run("shipengine_2.py", base_url, keys["live"]))
    assert told["created"] == told["shown"]
    assert told["created"] in told["listed"]
    assert told["conflict"]["errors"][0]["error_code"] == "webhook_event_type_conflict"
    assert told["unknown_event"] == ["validation", "invalid_field_value"]
    assert told["unknown_id"] == ["business_rules", "unspecified"]
