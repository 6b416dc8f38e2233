"""Who is told what a worker does: all who want to know it, and none of them brings it to fail."""

import logging
from dataclasses import dataclass, field

import pytest

from parcelhook.delivery.observers import Observer, Observers
from parcelhook.model.delivery import Delivery
from tests import builders


@dataclass
class Listener(Observer):
    """Wants to know two things."""

    heard: list[str] = field(default_factory=list)

    def recorded(self, delivery: Delivery) -> None:
        self.heard.append(delivery.key.id)

    def ended(self) -> None:
        self.heard.append("ended")


class Broken(Observer):
    """Cannot be told."""

    def recorded(self, delivery: Delivery) -> None:
        raise ValueError(delivery.key.id)


def test_each_is_told_what_it_wants_to_know() -> None:
    listener, delivery = Listener(), builders.delivery()
    observers = Observers(listener, Observer())

    observers.given_up(delivery)
    observers.recorded(delivery)
    observers.ended()

    assert listener.heard == [delivery.key.id, "ended"]


def test_observers_of_observers_are_told_once() -> None:
    inner, outer = Listener(), Listener()

    Observers(Observers(inner), outer).ended()

    assert (inner.heard, outer.heard) == (["ended"], ["ended"])


def test_one_that_fails_keeps_the_news_from_nobody(caplog: pytest.LogCaptureFixture) -> None:
    listener = Listener()

    with caplog.at_level(logging.ERROR):
        Observers(Broken(), listener).recorded(builders.delivery())

    assert len(listener.heard) == 1
    assert "recorded" in caplog.text
