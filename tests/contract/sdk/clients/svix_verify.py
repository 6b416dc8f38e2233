"""Svix's library verifies deliveries, and refuses them with another body. Prints how many."""

import json
import sys

from svix.webhooks import Webhook, WebhookVerificationError

deliveries = json.load(sys.stdin)
for delivery in deliveries:
    webhook = Webhook(delivery["secret"])
    webhook.verify(delivery["body"], delivery["headers"])
    try:
        webhook.verify(delivery["body"] + " ", delivery["headers"])
    except WebhookVerificationError:
        continue
    sys.exit("a changed body was accepted")
print(len(deliveries))
