"""Shippo's older Python client: its whole webhook life under /v1. Prints what it was told."""

import json
import sys

import shippo

base_url, token = sys.argv[1:]
shippo.config.api_base = f"{base_url}/"
shippo.config.api_key = token
shippo.config.verify_ssl_certs = False


def refusal(call):
    try:
        call()
    except shippo.error.ShippoError as error:
        # Its errors keep the body as their message.
        return [type(error).__name__, json.loads(str(error))]
    return None


url = "https://hooks.example.com/legacy"
created = shippo.Webhook.create(event="track_updated", url=url, active=True, is_test=False)
told = {"created": created, "shown": shippo.Webhook.retrieve(created.object_id)}
told["second"] = shippo.Webhook.create(event="all", url=url, is_test="false")
told["listed"] = shippo.Webhook.list_webhooks(size=1, page=2)
told["changed"] = shippo.Webhook.update(created.object_id, url=url + "/2")
for each in (created, told["second"]):
    shippo.Webhook.delete(each.object_id)
told["left"] = shippo.Webhook.list_webhooks()["count"]
told["registered"] = shippo.Track.create(carrier="usps", tracking_number="9205590164917312751000")
told["asked"] = shippo.Track.get_status("usps", "9205590164917312751000")
told["mock"] = shippo.Track.get_status("shippo", "SHIPPO_TRANSIT")
told["refusals"] = {
    "unknown": refusal(lambda: shippo.Webhook.retrieve("0" * 32)),
    "event": refusal(lambda: shippo.Webhook.create(event="nothing", url=url)),
    "token": refusal(lambda: shippo.Webhook.list_webhooks(api_key="shippo_live_wrong")),
}
print(json.dumps(told))
