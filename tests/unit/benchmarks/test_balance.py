"""No event is missed and none is counted twice, however they move while they are counted."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from benchmarks.laptop.balance import Balance, balance, until_settled


class Pipeline:
    """A world in which something happens whenever somebody looks."""

    def __init__(self, moves: Callable[["Pipeline"], None] = lambda _: None) -> None:
        self.published: set[str] = set()
        self.queue: list[str] = []
        self.ledger: set[str] = set()
        self.given_up: set[str] = set()
        self.answered: set[str] = set()
        self._moves = moves

    def publish(self, *events: str) -> None:
        self.queue += events
        self.published |= set(events)

    def accepted(self) -> AbstractSet[str]:
        return self._seen(self.published)

    def waiting(self) -> AbstractSet[str]:
        return self._seen(self.ledger)

    def discarded(self) -> AbstractSet[str]:
        return self._seen(self.given_up)

    def delivered(self) -> AbstractSet[str]:
        return self._seen(self.answered)

    def in_queue(self) -> int:
        found = len(self.queue)
        self._moves(self)
        return found

    def _seen(self, events: set[str]) -> set[str]:
        found = set(events)
        self._moves(self)
        return found


def advance(world: Pipeline) -> None:
    """One event goes one step, and another one is published."""
    if world.ledger:
        world.answered.add(world.ledger.pop())
    if world.queue:
        world.ledger.add(world.queue.pop(0))
    world.publish(f"new-{len(world.published)}")


def test_every_event_is_counted_where_it_is() -> None:
    world = Pipeline()
    world.publish("queued", "also queued")
    world.published |= {"a", "b", "c", "d"}
    world.ledger, world.given_up, world.answered = {"a"}, {"b"}, {"c", "d"}
    expected = Balance(accepted=6, delivered=2, discarded=1, waiting=1, queued=2, in_queue=2)
    assert balance(world) == expected
    assert expected.lost == 0
    assert not expected.is_settled


def test_event_that_is_nowhere_is_lost() -> None:
    world = Pipeline()
    world.publish("a", "b")
    world.queue.remove("a")
    assert balance(world).lost == 1


def test_events_that_move_meanwhile_are_not_lost() -> None:
    world = Pipeline(advance)
    world.publish(*(f"event-{number}" for number in range(20)))
    for _ in range(30):
        assert balance(world).lost == 0


def test_event_whose_publisher_heard_nothing_does_not_stand_for_one_that_is_lost() -> None:
    world = Pipeline()
    world.publish("lost")
    world.queue.clear()
    world.answered, world.ledger = {"unheard"}, {"unheard too"}
    assert balance(world) == Balance(accepted=1, delivered=0, discarded=0, waiting=0, queued=1, in_queue=0)


def test_event_that_is_delivered_and_not_yet_deleted_from_the_queue_is_delivered() -> None:
    world = Pipeline()
    world.publish("a")
    world.answered = {"a"}
    assert balance(world).is_settled
    assert balance(world).lost == 0


def test_balances_are_taken_until_all_is_settled() -> None:
    world = Pipeline()
    world.publish("a", "b")

    def pause() -> None:
        world.answered.add(world.queue.pop())

    assert [each.queued for each in until_settled(world, tries=9, pause=pause)] == [2, 1, 0]


def test_balances_end_although_something_is_stuck() -> None:
    world = Pipeline()
    world.publish("stuck")
    assert len(until_settled(world, tries=4, pause=lambda: None)) == 4
