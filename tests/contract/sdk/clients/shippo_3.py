"""Shippo's Python client: its whole webhook life, and what it makes of refusals. Prints what it was told."""

import json
import sys

import shippo
from shippo.models import components, errors

base_url, live, test = sys.argv[1:]


def client(token):
    return shippo.Shippo(api_key_header=token, server_url=base_url, shippo_api_version="2018-02-08")


def wish(event, url, **members):
    return components.WebhookUpdateRequest(event=components.WebhookEventTypeEnum(event), url=url, **members)


def plain(webhook):
    return json.loads(webhook.to_json())


def refusal(call):
    try:
        call()
    except errors.SDKError as error:
        return [error.status_code, json.loads(error.body)]
    return None


webhooks = client(live).webhooks
url = "https://hooks.example.com/python"
created = webhooks.create_webhook(wish("track_updated", url, active=True, is_test=False))
told = {"created": plain(created), "shown": plain(webhooks.get_webhook(created.object_id))}
for event in ("transaction_created", "transaction_updated", "batch_created", "batch_purchased", "all"):
    webhooks.create_webhook(wish(event, url))
told["listed"] = [each.event for each in webhooks.list_webhooks().results]
told["count"] = webhooks.list_webhooks().count
changed = webhooks.update_webhook(created.object_id, wish("all", url + "/2", active=False, is_test=False))
told["changed"] = plain(changed)
told["test"] = plain(client(test).webhooks.create_webhook(wish("all", url, active=True, is_test=False)))
for each in webhooks.list_webhooks().results:
    webhooks.delete_webhook(each.object_id)
told["left"] = webhooks.list_webhooks().count
tracks = client(live).tracking_status
told["registered"] = plain(tracks.create(carrier="usps", tracking_number="9205590164917312751089", metadata="Order 1"))
told["asked"] = plain(tracks.get("9205590164917312751089", "usps"))
told["mock"] = plain(client(test).tracking_status.create(carrier="shippo", tracking_number="SHIPPO_DELIVERED"))
told["refusals"] = {
    "carrier": refusal(lambda: tracks.create(carrier="nobody", tracking_number="1")),
    "number": refusal(lambda: tracks.get("1", "usps")),
    "unknown": refusal(lambda: webhooks.get_webhook("0" * 32)),
    "token": refusal(lambda: client("shippo_live_wrong").webhooks.list_webhooks()),
    "url": refusal(lambda: webhooks.create_webhook(wish("all", "https://example.com/".ljust(200, "x")))),
}
print(json.dumps(told))
