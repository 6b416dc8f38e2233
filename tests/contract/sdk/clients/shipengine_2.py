"""ShipEngine's Python client has no webhook methods; its transport makes the calls. Prints what it was told."""

import json
import sys

from shipengine import ShipEngine
from shipengine.errors import ShipEngineError

base_url, key = sys.argv[1:]
client = ShipEngine({"api_key": key, "base_uri": f"{base_url}/", "retries": 0})
path = "v1/environment/webhooks"


def post(**members):
    return client.client.post(path, params=members, config=client.config)


def refusal(call):
    try:
        call()
    except ShipEngineError as error:
        return [error.error_type, error.error_code]
    return None


created = post(event="order_source_refresh_complete", url="https://hooks.example.com/shipengine")
told = {
    "created": created,
    "shown": client.client.get(f"{path}/{created['webhook_id']}", config=client.config),
    "listed": client.client.get(path, config=client.config),
    # The client raises for 400, 404 and 500 only; the body of any other answer is the result.
    "conflict": post(event="order_source_refresh_complete", url="https://hooks.example.com/2"),
    "unknown_event": refusal(lambda: post(event="nothing", url="https://hooks.example.com/2")),
    "unknown_id": refusal(lambda: client.client.get(f"{path}/se-0", config=client.config)),
}
print(json.dumps(told))
