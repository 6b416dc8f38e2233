"""Accepted = delivered + waiting + discarded, at every moment, from counts that know nothing of each other.

The publisher counts its 202s, the endpoint its answers, the API tells what waits and what was discarded, and SQS how
many messages it holds. They cannot be read at one moment, so they are read in the order in which an event passes
them: then it may be met twice, but never be missed.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol


class World(Protocol):
    """Who is asked. Each of these is a set of the publisher's own ids."""

    def accepted(self) -> AbstractSet[str]:
        """What was answered with 202."""
        ...

    def in_queue(self) -> int:
        """How many events lie in the queue of published events, hidden and dead ones too."""
        ...

    def waiting(self) -> AbstractSet[str]:
        """What the ledger holds to be sent."""
        ...

    def discarded(self) -> AbstractSet[str]:
        """What the ledger says was given up."""
        ...

    def delivered(self) -> AbstractSet[str]:
        """What the endpoint answered with 2xx."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What became of the events that were accepted. Each is counted once."""

    accepted: int
    delivered: int
    discarded: int
    waiting: int
    """In the ledger."""
    queued: int
    """In none of those: it must be in the queue."""
    in_queue: int
    """What the queue says."""

    @property
    def lost(self) -> int:
        """How many are nowhere."""
        return max(0, self.queued - self.in_queue)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way."""
        return self.waiting == 0 and self.queued == 0


def balance(world: World) -> Balance:
    """Asks everybody, in the order in which events come by."""
    accepted = world.accepted()
    in_queue = world.in_queue()
    waiting = world.waiting()
    discarded = world.discarded()
    delivered = world.delivered() & accepted
    # What was read as waiting may have moved on since.
    discarded = (discarded & accepted) - delivered
    waiting = (waiting & accepted) - delivered - discarded
    return Balance(
        accepted=len(accepted),
        delivered=len(delivered),
        discarded=len(discarded),
        waiting=len(waiting),
        queued=len(accepted) - len(delivered) - len(discarded) - len(waiting),
        in_queue=in_queue,
    )


def until_settled(world: World, *, tries: int, pause: Callable[[], None]) -> list[Balance]:
    """Balances until nothing is on its way, at most so many."""
    found = [balance(world)]
    while not found[-1].is_settled and len(found) < tries:
        pause()
        found.append(balance(world))
    return found
