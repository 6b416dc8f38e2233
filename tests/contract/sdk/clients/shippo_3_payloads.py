"""Shippo's Python client reads deliveries with its own models. Prints what it found in them."""

import json
import sys

from shippo import utils
from shippo.models import components

MODELS = {
    "track_updated": components.WebhookPayloadTrack,
    "transaction_created": components.WebhookPayloadTransaction,
    "transaction_updated": components.WebhookPayloadTransaction,
    "batch_created": components.WebhookPayloadBatch,
    "batch_purchased": components.WebhookPayloadBatch,
}

print(
    json.dumps(
        [
            json.loads(utils.unmarshal_json(body, MODELS[json.loads(body)["event"]]).to_json())
            for body in json.load(sys.stdin)
        ]
    )
)
