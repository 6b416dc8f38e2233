"""From a subscription to a signed webhook, and what happens when the endpoint fails."""

import json

from local.sink import Sink
from tests.e2e.client import Client
from tests.e2e.signatures import verify_shipengine, verify_standard

TRACKING = {"tracking_number": "1Z999AA10123456784", "carrier": "ups", "status": "in_transit"}


def test_published_tracking_update_arrives_signed(client: Client) -> None:
    webhook_id = client.subscribe("track", client.bin_url("signed"))
    client.publish("tracking.updated", TRACKING)
    (request,) = client.arrived("signed")
    assert request["method"] == "POST"
    assert request["headers"]["user-agent"] == "ShipEngine/v1"
    body = json.loads(request["body"])
    assert body["resource_type"] == "API_TRACK"
    assert body["data"]["tracking_number"] == TRACKING["tracking_number"]
    assert body["data"]["status_code"] == "IT"
    verify_standard(request, client.get(f"/v1/subscriptions/{webhook_id}/secret")["secret"])
    verify_shipengine(request, client.get("/jwks"))
    delivery = client.delivery(webhook_id, "delivered")
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [200]


def test_failing_endpoint_is_tried_three_times_and_given_up(client: Client) -> None:
    webhook_id = client.subscribe("batch", client.bin_url("failing", "?status=503"))
    client.publish("batch.completed", {"batch_id": "se-1013119"})
    delivery = client.delivery(webhook_id, "discarded")
    assert [(attempt["number"], attempt["status_code"]) for attempt in delivery["attempts"]] == [
        (1, 503),
        (2, 503),
        (3, 503),
    ]
    requests = client.arrived("failing", 3)
    assert len(requests) == 3
    assert len({request["headers"]["webhook-id"] for request in requests}) == 1
    secret = client.get(f"/v1/subscriptions/{webhook_id}/secret")["secret"]
    for request in requests:
        verify_standard(request, secret)


def test_endpoint_that_recovers_gets_its_webhook(client: Client, sink: Sink) -> None:
    sink.answer = lambda receipt: 500 if receipt.number == 1 else 200
    webhook_id = client.subscribe("carrier_connected", sink.url("/recovering"))
    client.publish("carrier.connected", {"carrier_id": "se-1234"})
    delivery = client.delivery(webhook_id, "delivered")
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [500, 200]
