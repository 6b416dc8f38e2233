"""Whether a subscription takes deliveries: asked before a person's wish to send some again is taken."""

from functions.api.subscribers import Subscriber
from parcelhook.dialects.base import is_disabled
from parcelhook.errors import NotFoundError, NotSendableError


def refuse_unsendable(subscriber: Subscriber, subscription_id: str) -> None:
    """Raises `NotSendableError` where the subscription is gone, switched off or disabled."""
    try:
        subscription = subscriber.find(subscription_id)
    except NotFoundError as error:
        raise NotSendableError(f"The subscription {subscription_id} was deleted.") from error
    if not subscription.enabled:
        raise NotSendableError(f"The subscription {subscription_id} is switched off; switch it on first.")
    if is_disabled(subscriber.dialect, subscription):
        raise NotSendableError(f"The subscription {subscription_id} is disabled by its failures; set it active first.")
