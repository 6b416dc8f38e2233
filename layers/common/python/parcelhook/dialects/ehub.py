"""eHub's webhooks, as its page on webhook subscriptions and its reference tell them."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from parcelhook.collaborators import collaborator
from parcelhook.compact_json import to_json_bytes
from parcelhook.dialects.base import Body, Signing
from parcelhook.dialects.ehub_payloads import payment_items, tracking_items
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import Event, EventType
from parcelhook.model.response import Answer, EndpointResponse
from parcelhook.model.subscription import Slot, Subscription
from parcelhook.security.signing import timestamped_signature

# The last four can be subscribed to; there are no events for them yet.
EVENT_NAMES: Mapping[str, tuple[EventType, ...]] = {
    "shipment_tracking": (EventType.TRACKING_UPDATED,),
    "payment_status": (EventType.PAYMENT_UPDATED,),
    "insurance_policy": (),
    "shipment": (),
    "insurance_claim": (),
    "order": (),
}
_SLOT = Slot("ehub", exclusive=False)
_ID = re.compile(r"[1-9][0-9]{0,14}")
# A JavaScript client keeps whole numbers exact up to 2^53, which has 16 digits.
_FIRST_ID, _IDS = 10**12, 9 * 10**12


@collaborator(kw_only=True)
class EHub:
    """Many subscriptions for an event, JSON or XML, disabled after five failures in a row."""

    retry_policy: RetryPolicy
    name: str = "ehub"
    slot: Slot = _SLOT
    modes: tuple[Mode, ...] = (Mode.LIVE, Mode.TEST)
    longest_url: int | None = None
    timeout_seconds: float = 30.0
    disable_after: int | None = 5
    own_headers: tuple[str, ...] = ("x-ehub-",)

    @property
    def event_names(self) -> Mapping[str, tuple[EventType, ...]]:
        return EVENT_NAMES

    @property
    def default_fields(self) -> Mapping[str, str]:
        """The vendor's own routes ask for both."""
        return {"payload_format": "json", "auth_type": "hmac"}

    def new_id(self, ids: Ids) -> str:
        """Ids are whole numbers in JSON."""
        return str(_FIRST_ID + int.from_bytes(ids.random_bytes(16), "big") % _IDS)

    def owns_id(self, subscription_id: str) -> bool:
        return _ID.fullmatch(subscription_id) is not None

    def body(self, event: Event, subscription: Subscription) -> Body:
        envelope = _ENVELOPES[event.type](event)
        if subscription.dialect_fields.get("payload_format") == "xml":
            return Body(content=_xml(envelope), content_type="application/xml")
        return Body(content=to_json_bytes(envelope))

    def headers(self, body: Body, subscription: Subscription, signing: Signing) -> dict[str, str]:
        """A signature or credentials, as the subscription asks. No public text names the vendor's signature header."""
        headers = {"user-agent": "eHub"}
        if subscription.dialect_fields.get("auth_type") == "http_basic":
            return headers | {"authorization": _basic(signing.supplied)}
        return headers | {"x-ehub-signature": _signature(body, signing)}

    def outcome(self, answer: Answer) -> Outcome:
        """Any 2xx is success; what else is tried again is not documented, so everything is."""
        succeeded = isinstance(answer, EndpointResponse) and answer.is_success
        return Outcome.DELIVERED if succeeded else Outcome.RETRY


def _basic(supplied: Mapping[str, str]) -> str:
    credentials = f"{supplied['http_username']}:{supplied['http_password']}"
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def _signature(body: Body, signing: Signing) -> str:
    """With the shared secret that the subscriber supplied, or else with ours as subscribers are shown it."""
    supplied = signing.supplied.get("hmac_shared_secret")
    return timestamped_signature([supplied] if supplied else signing.secret_texts, body.content, signing.now)


def _xml(envelope: Mapping[str, Any]) -> bytes:
    """The members of the JSON envelope as elements, items of a list as `item`; null is an empty element."""
    root = ElementTree.Element("webhook")
    _fill(root, envelope)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _fill(element: ElementTree.Element, value: object) -> None:
    match value:
        case Mapping():
            for name, member in value.items():
                _fill(ElementTree.SubElement(element, name), member)
        case list():
            for item in value:
                _fill(ElementTree.SubElement(element, "item"), item)
        case None:
            return
        case bool():
            element.text = str(value).lower()
        case _:
            element.text = str(value)


def _tracking(event: Event) -> dict[str, Any]:
    return {"subscription_type": "shipment_tracking", "status": "active", "payload": tracking_items(event)}


def _payment(event: Event) -> dict[str, Any]:
    """Unlike the other, the vendor's example has no status."""
    return {"subscription_type": "payment_status", "payload": payment_items(event)}


_ENVELOPES: Mapping[EventType, Callable[[Event], dict[str, Any]]] = {
    EventType.TRACKING_UPDATED: _tracking,
    EventType.PAYMENT_UPDATED: _payment,
}
