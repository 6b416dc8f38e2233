"""A delivery whose first attempt failed, and the message that has it tried again."""

from datetime import datetime

from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import Event
from parcelhook.model.subscription import Subscription
from tests import builders
from tests.unit.delivery.fakes import status
from tests.unit.delivery.system import System, due_message, events_message, key_of


def failed_once(system: System, **members: object) -> tuple[Subscription, Event, Delivery]:
    """A delivery whose first attempt failed, at the moment that it is due again."""
    subscription, event = system.subscribe(**members), builders.event()
    answer, system.sender.answer = system.sender.answer, lambda post: status(500)
    assert system.dispatch(events_message(event)) == set()
    system.sender.answer = answer
    delivery = system.delivery(key_of(event, subscription))
    system.clock.moment = due_at(delivery)
    return subscription, event, delivery


def due_at(delivery: Delivery) -> datetime:
    assert delivery.due_at
    return delivery.due_at


def due(delivery: Delivery, **options: int) -> ReceivedMessage:
    """The message that the re-driver sends for a delivery."""
    return due_message(due_at(delivery), delivery.key, **options)
