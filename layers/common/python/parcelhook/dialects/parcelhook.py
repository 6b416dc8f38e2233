"""Our own webhooks: what the service tells of itself, signed by Standard Webhooks and by nothing else."""

import re
from collections.abc import Mapping

from parcelhook.clock import to_text
from parcelhook.collaborators import collaborator
from parcelhook.compact_json import to_json_bytes
from parcelhook.dialects.base import Body, Signing
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Outcome, RetryPolicy
from parcelhook.model.event import Event, EventType
from parcelhook.model.response import Answer, EndpointResponse
from parcelhook.model.subscription import Slot, Subscription

EVENT_NAMES: Mapping[str, tuple[EventType, ...]] = {
    "subscription.disabled": (EventType.SUBSCRIPTION_DISABLED,),
    "circuit.opened": (EventType.CIRCUIT_OPENED,),
    "circuit.closed": (EventType.CIRCUIT_CLOSED,),
    "delivery.discarded": (EventType.DELIVERY_DISCARDED,),
    "all": (
        EventType.SUBSCRIPTION_DISABLED,
        EventType.CIRCUIT_OPENED,
        EventType.CIRCUIT_CLOSED,
        EventType.DELIVERY_DISCARDED,
    ),
}
_SLOT = Slot("parcelhook", exclusive=False)
_ID = re.compile(r"ph-[a-z0-9]{1,32}")
_ID_LENGTH = 14


@collaborator(kw_only=True)
class Parcelhook:
    """Any number of subscriptions for an event; any 2xx is success, everything else is tried again."""

    retry_policy: RetryPolicy
    name: str = "parcelhook"
    slot: Slot = _SLOT
    modes: tuple[Mode, ...] = (Mode.LIVE, Mode.TEST)
    longest_url: int | None = None
    timeout_seconds: float = 10.0
    disable_after: int | None = None
    own_headers: tuple[str, ...] = ()

    @property
    def event_names(self) -> Mapping[str, tuple[EventType, ...]]:
        return EVENT_NAMES

    @property
    def default_fields(self) -> Mapping[str, str]:
        return {}

    def new_id(self, ids: Ids) -> str:
        return f"ph-{ids.lower_text(_ID_LENGTH)}"

    def owns_id(self, subscription_id: str) -> bool:
        return _ID.fullmatch(subscription_id) is not None

    def body(self, event: Event, subscription: Subscription) -> Body:  # noqa: ARG002 - all get the same
        """The members that Standard Webhooks advises, and the event's id."""
        content = {
            "id": event.id,
            "type": event.type,
            "timestamp": to_text(event.occurred_at),
            "mode": event.mode,
            "data": event.data,
        }
        return Body(content=to_json_bytes(content))

    def headers(self, body: Body, subscription: Subscription, signing: Signing) -> dict[str, str]:  # noqa: ARG002
        return {"user-agent": "Parcelhook/v1"}

    def outcome(self, answer: Answer) -> Outcome:
        succeeded = isinstance(answer, EndpointResponse) and answer.is_success
        return Outcome.DELIVERED if succeeded else Outcome.RETRY
