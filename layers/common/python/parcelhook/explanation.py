"""Why an event did or did not go to each subscription of its account. Pure: told by what is stored of them."""

from collections.abc import Iterable, Mapping

from parcelhook.collaborators import collaborator
from parcelhook.delivery.matching import without_repetition
from parcelhook.dialects.base import Dialects, is_disabled
from parcelhook.model.delivery import DATA_ERASED, Delivery, DeliveryState
from parcelhook.model.event import Event
from parcelhook.model.milestones import is_chosen
from parcelhook.model.subscription import Subscription

_REASONS: Mapping[DeliveryState, tuple[str, str]] = {
    DeliveryState.DELIVERED: ("delivered", "It was delivered."),
    DeliveryState.RETRYING: ("waiting_for_retry", "Its latest attempt failed; it is tried again."),
    DeliveryState.PENDING: ("waiting", "It is about to be sent."),
    DeliveryState.HELD: ("disabled_by_failures", "It is kept until the subscription is active again."),
    DeliveryState.DISCARDED: ("discarded", "It was given up."),
}


@collaborator
class Explanation:
    """What became of an event for one subscription, and why."""

    subscription: Subscription
    delivery: Delivery | None
    """None where there never was one."""
    reason: str
    """A code that does not change with the wording."""
    text: str

    @property
    def verdict(self) -> str:
        """The delivery's state, or `not_sent`."""
        return self.delivery.state if self.delivery else "not_sent"


def explain(
    event: Event, subscriptions: Iterable[Subscription], deliveries: Mapping[str, Delivery], dialects: Dialects
) -> list[Explanation]:
    """One explanation for each of the account's `subscriptions`, which are of the event's mode; `deliveries` are the
    event's, by subscription."""
    known = list(subscriptions)
    wanting = [each for each in known if each.enabled and event.type in each.event_types]
    heard = {each.id for each in without_repetition(wanting)}
    return [_explained(event, each, deliveries.get(each.id), each.id in heard, dialects) for each in known]


def _explained(
    event: Event, subscription: Subscription, delivery: Delivery | None, is_heard: bool, dialects: Dialects
) -> Explanation:
    if delivery is None:
        reason, text = _obstacle(event, subscription, is_heard, dialects)
        return Explanation(subscription, None, reason, text)
    reason, text = _became(delivery)
    return Explanation(subscription, delivery, reason, text)


def _became(delivery: Delivery) -> tuple[str, str]:
    """What became of a delivery. Where it stands has a code; what made it stand there, where that is known, another."""
    reason, text = _REASONS[delivery.state]
    if delivery.state is DeliveryState.DISCARDED and delivery.reason:
        reason = "superseded" if delivery.is_superseded else "data_erased" if delivery.is_erased else reason
        return reason, f"It was given up: {delivery.reason}"
    if delivery.waits and delivery.reason:
        reason = "circuit_open" if delivery.deferred_since else "slow" if delivery.is_set_aside else reason
        return reason, delivery.reason
    return reason, text


def _obstacle(event: Event, subscription: Subscription, is_heard: bool, dialects: Dialects) -> tuple[str, str]:
    """Why there is no delivery, the most lasting reason first."""
    if event.type not in subscription.event_types:
        return "type_not_subscribed", f"The subscription is to {subscription.event_name}, not to {event.type}."
    if subscription.created_at > event.accepted_at:
        return "created_after_event", "The subscription was made after the event was published."
    if not subscription.enabled:
        return "switched_off", "The subscription is switched off."
    if not is_heard:
        return "repeated_by_narrower_subscription", "Another subscription to this very event has the same URL."
    if event.erased_at and subscription.milestones is not None:
        return "data_erased", f"{DATA_ERASED} Which milestones it told of is not known any more."
    if not is_chosen(event, subscription.milestones):
        return "milestone_filter", f"The subscription gets only: {', '.join(subscription.milestones or ())}."
    if is_disabled(dialects.named(subscription.dialect), subscription):
        return "disabled_by_failures", "The subscription is disabled by its failures."
    return "changed_since_event", "When the event was dispatched, the subscription was not yet as it is."
