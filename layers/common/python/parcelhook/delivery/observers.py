"""Who is told what a dispatch worker does: logs, metrics, counts. None of them may bring it to fail."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import Event

_LOGGER = logging.getLogger(__name__)


class Observer:
    """Is told, and does nothing: who wants to know overrides what it is about."""

    def received(self, messages: Sequence[ReceivedMessage]) -> None:
        """A batch of messages was received."""

    def accepted(self, event: Event) -> None:
        """An event that was not known before is in the ledger."""

    def attempted(self, work: Work, result: AttemptResult) -> None:
        """An attempt was made."""

    def recorded(self, delivery: Delivery) -> None:
        """A delivery was recorded as it is after an attempt."""

    def given_up(self, delivery: Delivery) -> None:
        """A delivery was discarded without an attempt."""

    def ended(self) -> None:
        """A batch has been dealt with. May wait for AWS."""


class Observers(Observer):
    """Tells each of them what it wants to know. What one of them raises is logged."""

    def __init__(self, *observers: Observer) -> None:
        self._told_of = {name: [call for each in observers for call in _calls(each, name)] for name in _OCCASIONS}

    def received(self, messages: Sequence[ReceivedMessage]) -> None:
        self._tell("received", messages)

    def accepted(self, event: Event) -> None:
        self._tell("accepted", event)

    def attempted(self, work: Work, result: AttemptResult) -> None:
        self._tell("attempted", work, result)

    def recorded(self, delivery: Delivery) -> None:
        self._tell("recorded", delivery)

    def given_up(self, delivery: Delivery) -> None:
        self._tell("given_up", delivery)

    def ended(self) -> None:
        self._tell("ended")

    def _tell(self, occasion: str, *what: Any) -> None:
        for tell in self._told_of[occasion]:
            try:
                tell(*what)
            except Exception:
                _LOGGER.exception("an observer was not told what was %s", occasion)


_OCCASIONS = ("received", "accepted", "attempted", "recorded", "given_up", "ended")


def _calls(observer: Observer, occasion: str) -> list[Callable[..., None]]:
    """Whom to call so that the observer knows: nobody where it does nothing about it."""
    if isinstance(observer, Observers):
        return observer._told_of[occasion]
    if getattr(type(observer), occasion) is getattr(Observer, occasion):
        return []
    return [getattr(observer, occasion)]
