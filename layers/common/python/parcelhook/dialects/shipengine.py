"""ShipEngine's webhooks, as its webhooks guide and its OpenAPI 1.1 tell them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlencode

from parcelhook.clock import to_text
from parcelhook.collaborators import collaborator
from parcelhook.compact_json import to_json_bytes
from parcelhook.dialects.base import Body, Signing
from parcelhook.dialects.shipengine_track import track_data
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import Event, EventType
from parcelhook.model.response import Answer, EndpointResponse
from parcelhook.model.subscription import Slot, Subscription

EVENT_NAMES: Mapping[str, tuple[EventType, ...]] = {
    "batch": (EventType.BATCH_COMPLETED,),
    "carrier_connected": (EventType.CARRIER_CONNECTED,),
    "order_source_refresh_complete": (EventType.ORDER_SOURCE_REFRESHED,),
    "rate": (EventType.RATES_UPDATED,),
    "report_complete": (EventType.REPORT_COMPLETED,),
    "sales_orders_imported": (EventType.SALES_ORDERS_IMPORTED,),
    "track": (EventType.TRACKING_UPDATED,),
}
_SLOT = Slot("shipengine", exclusive=True)
_ID = re.compile(r"se-[a-z0-9]{1,32}")
_ID_LENGTH = 14


@collaborator(kw_only=True)
class ShipEngine:
    """One webhook for an event, three attempts two hours apart, RSA signatures."""

    resource_base_url: str
    """What the resource URLs begin with of events that bring none."""
    retry_policy: RetryPolicy
    name: str = "shipengine"
    slot: Slot = _SLOT
    modes: tuple[Mode, ...] = (Mode.LIVE,)
    """Webhooks are managed with production keys only (webhooks guide, blog of 2019)."""
    longest_url: int | None = None
    timeout_seconds: float = 10.0
    """The vendor names none."""
    disable_after: int | None = None
    own_headers: tuple[str, ...] = ("x-shipengine-",)

    @property
    def event_names(self) -> Mapping[str, tuple[EventType, ...]]:
        return EVENT_NAMES

    @property
    def default_fields(self) -> Mapping[str, str]:
        return {}

    def new_id(self, ids: Ids) -> str:
        return f"se-{ids.lower_text(_ID_LENGTH)}"

    def owns_id(self, subscription_id: str) -> bool:
        return _ID.fullmatch(subscription_id) is not None

    def body(self, event: Event, subscription: Subscription) -> Body:  # noqa: ARG002 - all get the same
        resource_type, make_path, make_data = _ENVELOPES[event.type]
        envelope: dict[str, Any] = {
            "resource_url": event.data.get("resource_url") or self._resource_url(make_path(event)),
            "resource_type": resource_type,
        }
        if make_data:
            envelope["data"] = make_data(event)
        return Body(content=to_json_bytes(envelope))

    def headers(self, body: Body, subscription: Subscription, signing: Signing) -> dict[str, str]:  # noqa: ARG002
        """The user agent that ShipEngine's own listeners insist on, and its RSA signature.

        Signed is `<timestamp>.<raw body>`; listeners refuse a timestamp more than five minutes off.
        """
        timestamp = f"{signing.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return {
            "user-agent": "ShipEngine/v1",
            "x-shipengine-rsa-sha256-key-id": signing.rsa.key_id,
            "x-shipengine-rsa-sha256-signature": signing.rsa.sign(timestamp.encode() + b"." + body.content),
            "x-shipengine-timestamp": timestamp,
        }

    def outcome(self, answer: Answer) -> Outcome:
        """Any 2xx is success; everything else is tried again (webhooks guide, "Retry & Backoff")."""
        succeeded = isinstance(answer, EndpointResponse) and answer.is_success
        return Outcome.DELIVERED if succeeded else Outcome.RETRY

    def _resource_url(self, path: str) -> str:
        return self.resource_base_url.rstrip("/") + path if path.startswith("/") else path


MakePath = Callable[[Event], str]
MakeData = Callable[[Event], object]


def _track_path(event: Event) -> str:
    query = {"carrier_code": event.data["carrier"], "tracking_number": event.data["tracking_number"]}
    return f"/v1/tracking?{urlencode(query)}"


def _path(template: str, member: str) -> MakePath:
    return lambda event: template.format(quote(str(event.data[member]), safe=""))


def _report_data(event: Event) -> dict[str, Any]:
    return {
        "report_type": event.data["report_type"],
        "created_at": event.data.get("created_at") or to_text(event.occurred_at),
        "report_url": {"href": event.data["report_url"]},
    }


# Resource type, where the resource is, and what the webhook itself tells of it.
_ENVELOPES: Mapping[EventType, tuple[str, MakePath, MakeData | None]] = {
    EventType.TRACKING_UPDATED: ("API_TRACK", _track_path, lambda event: track_data(event.data)),
    EventType.BATCH_COMPLETED: ("API_BATCH", _path("/v1/batches/{}", "batch_id"), None),
    EventType.RATES_UPDATED: ("API_RATE", _path("/v1/shipments/{}/rates", "shipment_id"), None),
    EventType.CARRIER_CONNECTED: ("API_CARRIER_CONNECTED", _path("/v1/carriers/{}", "carrier_id"), None),
    EventType.SALES_ORDERS_IMPORTED: (
        "API_SALES_ORDERS_IMPORTED",
        lambda event: "/v-beta/sales_orders",  # noqa: ARG005 - the same for all
        lambda event: event.data["sales_orders"],
    ),
    EventType.ORDER_SOURCE_REFRESHED: (
        "API_ORDER_SOURCE_REFRESH_COMPLETE",
        _path("/v-beta/order_sources/{}", "order_source_id"),
        None,
    ),
    # No vendor text says where a report's resource is; the report itself is what a listener wants.
    EventType.REPORT_COMPLETED: ("API_REPORT_COMPLETE", lambda event: str(event.data["report_url"]), _report_data),
}
