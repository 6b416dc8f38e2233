from dataclasses import FrozenInstanceError, replace

import pytest

from parcelhook.collaborators import collaborator


@collaborator
class Sender:
    secret: str
    attempts: int = 3


@collaborator(kw_only=True)
class Worker:
    sender: Sender


def test_is_made_of_its_members_and_never_changed() -> None:
    sender = Sender("whsec_1")

    assert (sender.secret, sender.attempts) == ("whsec_1", 3)
    assert replace(sender, attempts=5).attempts == 5
    with pytest.raises(FrozenInstanceError):
        sender.attempts = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        Worker(sender)  # type: ignore[call-arg]


def test_equals_only_itself() -> None:
    one = Worker(sender=Sender("whsec_1"))

    assert one == one
    assert one != Worker(sender=one.sender)
    assert {one: 1}[one] == 1


def test_is_not_printed() -> None:
    assert "whsec_1" not in repr(Worker(sender=Sender("whsec_1")))
    assert "whsec_1" not in f"{Sender('whsec_1')}"
