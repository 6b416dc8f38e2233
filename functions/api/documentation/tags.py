"""The parts into which operations are sorted, in the order in which they are shown."""

EVENTS = "Events"
DELIVERIES = "Deliveries"
SUBSCRIPTIONS = "Subscriptions"
RECOVERIES = "Recoveries"
ACCOUNT = "Account"
CATALOGUE = "Catalogue"
SHIPENGINE = "ShipEngine"
SHIPPO = "Shippo"
EHUB = "eHub"
OPERATIONAL = "Operational webhooks"
SERVICE = "Service"

TAGS = {
    EVENTS: "What you publish, what became of it, and why.",
    DELIVERIES: "What was sent to whom, each with its attempts.",
    SUBSCRIPTIONS: "Subscriptions of all dialects in one form.",
    RECOVERIES: "Many deliveries of a subscription again.",
    ACCOUNT: "Who calls, and the API keys of the caller's account and mode.",
    CATALOGUE: "What may be published, and how each vendor's subscribers get it.",
    SHIPENGINE: "ShipEngine's webhooks, as its own clients call them. Members that it does not know are ignored.",
    SHIPPO: (
        "Shippo's webhooks and tracks. Each path is there with and without a slash at its end, and under `/v1`. "
        "Bodies are JSON or forms."
    ),
    EHUB: "eHub's subscriptions. Their deliveries are JSON or XML, as `payload_format` says.",
    OPERATIONAL: "What the service tells an account of itself: endpoints that fail, deliveries that are given up.",
    SERVICE: "What the service tells of itself, to everybody.",
}
