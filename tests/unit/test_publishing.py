from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from parcelhook.errors import BodyTooLargeError, EventIdReusedError, UnavailableError
from parcelhook.ids import Ids
from parcelhook.messages import EventsMessage
from parcelhook.model.event import Event, EventType
from parcelhook.publishing import Draft, Publisher
from parcelhook.resources import LEDGER
from parcelhook.storage.publications import Publications
from parcelhook.storage.table import DynamoTable
from tests.builders import principal
from tests.cloud import Cloud
from tests.fakes import CountedBytes, FakeQueue, FixedClock, ObservedClient, throttled

BATCH = EventType.BATCH_CREATED


@dataclass(slots=True)
class Waits:
    """Passes no time; counts how often it was asked to, and does something the first time."""

    clock: FixedClock
    count: int = 0
    meanwhile: Callable[[], Any] | None = None

    def __call__(self, seconds: float) -> None:
        self.count += 1
        self.clock.forward(seconds=seconds)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def made(cloud: Cloud) -> tuple[DynamoTable, ObservedClient]:
    return cloud.table(LEDGER)


@pytest.fixture
def client(made: tuple[DynamoTable, ObservedClient]) -> ObservedClient:
    return made[1]


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def waits(clock: FixedClock) -> Waits:
    return Waits(clock)


@pytest.fixture
def publisher(made: tuple[DynamoTable, ObservedClient], clock: FixedClock, queue: FakeQueue, waits: Waits) -> Publisher:
    publications = Publications(table=made[0], clock=clock, days=30)
    return Publisher(queue=queue, publications=publications, clock=clock, ids=Ids(CountedBytes()), wait=waits)


def draft(client_id: str | None = None, batch_id: str = "se-1") -> Draft:
    return Draft(type=BATCH, data={"batch_id": batch_id}, client_id=client_id)


def publish(publisher: Publisher, *drafts: Draft) -> list[str]:
    return [event.id for event in publisher.publish(principal(), drafts)]


def events(queue: FakeQueue) -> list[Event]:
    """All events that were queued."""
    return [event for message in queue.sent if isinstance(message, EventsMessage) for event in message.events]


def stored(publisher: Publisher, cloud: Cloud) -> list[str]:
    """Of each reservation its state."""
    return sorted(row["state"]["S"] for row in cloud.rows(publisher.publications.table))


def test_publication_is_one_message_with_all_events_in_order(publisher: Publisher, queue: FakeQueue) -> None:
    ids = publish(publisher, draft(batch_id="se-1"), draft("mine", "se-2"), draft(batch_id="se-3"))
    assert len(queue.sent) == 1
    assert [event.data["batch_id"] for event in events(queue)] == ["se-1", "se-2", "se-3"]
    assert [event.id for event in events(queue)] == ids
    assert ids[1] == "mine"
    ulids = [event.ulid for event in events(queue)]
    assert ulids == sorted(set(ulids))


def test_events_of_a_publication_are_numbered_in_their_order(publisher: Publisher, queue: FakeQueue) -> None:
    tracking = Draft(type=EventType.TRACKING_UPDATED, data={"tracking_number": "1Z", "carrier": "ups"})
    publish(publisher, *[tracking] * 100)
    numbers = [event.sequence or 0 for event in events(queue)]
    assert numbers == list(range(numbers[0], numbers[0] + 100))


def test_event_without_an_id_gets_one_and_costs_no_write(publisher: Publisher, client: ObservedClient) -> None:
    (event_id,) = publish(publisher, draft())
    assert event_id.startswith("evt_")
    assert client.calls == []


def test_event_happened_when_its_publisher_says_or_now(
    publisher: Publisher, queue: FakeQueue, clock: FixedClock
) -> None:
    before = FixedClock().now().replace(year=2025)
    publish(publisher, draft(), replace(draft(), occurred_at=before))
    assert [event.occurred_at for event in events(queue)] == [clock.now(), before]
    assert {event.accepted_at for event in events(queue)} == {clock.now()}


def test_same_id_and_content_is_queued_once(publisher: Publisher, queue: FakeQueue) -> None:
    assert publish(publisher, draft("mine")) == publish(publisher, draft("mine")) == ["mine"]
    assert len(queue.sent) == 1


def test_same_id_and_content_twice_in_one_publication_is_queued_once(publisher: Publisher, queue: FakeQueue) -> None:
    assert publish(publisher, draft("mine"), draft("mine")) == ["mine", "mine"]
    assert len(events(queue)) == 1


def test_only_what_is_new_of_a_publication_is_queued(publisher: Publisher, queue: FakeQueue) -> None:
    publish(publisher, draft("a"))
    publish(publisher, draft("a"), draft("b"))
    assert [event.client_id for event in events(queue)] == ["a", "b"]


@pytest.mark.parametrize(
    "other",
    [
        draft("mine", "se-2"),
        replace(draft("mine"), type=EventType.BATCH_COMPLETED),
        replace(draft("mine"), occurred_at=FixedClock().now()),
    ],
    ids=["data", "type", "time"],
)
def test_same_id_with_other_content_is_refused(publisher: Publisher, queue: FakeQueue, other: Draft) -> None:
    publish(publisher, draft("mine"))
    with pytest.raises(EventIdReusedError) as caught:
        publish(publisher, other)
    assert caught.value.pointer == "/id"
    assert len(queue.sent) == 1


def test_refused_id_is_pointed_at_where_it_stands(publisher: Publisher) -> None:
    publish(publisher, draft("mine"))
    with pytest.raises(EventIdReusedError) as caught:
        publish(publisher, replace(draft(), pointer="/0"), replace(draft("mine", "se-2"), pointer="/1"))
    assert caught.value.pointer == "/1/id"


def test_one_refused_id_queues_and_reserves_nothing(publisher: Publisher, queue: FakeQueue, cloud: Cloud) -> None:
    publish(publisher, draft("old"))
    with pytest.raises(EventIdReusedError):
        publish(publisher, draft("new"), draft("old", "se-2"))
    assert len(queue.sent) == 1
    assert stored(publisher, cloud) == ["queued"]


def test_queue_that_refuses_leaves_nothing_behind(publisher: Publisher, queue: FakeQueue, cloud: Cloud) -> None:
    queue.refuses = True
    with pytest.raises(UnavailableError):
        publish(publisher, draft("a"), draft("b"), draft())
    assert stored(publisher, cloud) == []
    queue.refuses = False
    assert publish(publisher, draft("a", "se-2")) == ["a"]


def test_throttled_reservation_releases_those_before_it(
    publisher: Publisher, queue: FakeQueue, client: ObservedClient, waits: Waits, cloud: Cloud
) -> None:
    _reserved(publisher, "second")
    waits.meanwhile = lambda: client.fail("put_item", throttled("PutItem"))
    with pytest.raises(UnavailableError):
        publish(publisher, draft("first"), draft("second"))
    assert queue.sent == []
    assert len(stored(publisher, cloud)) == 1


def test_events_that_are_too_large_together_are_refused_whole(
    publisher: Publisher, queue: FakeQueue, cloud: Cloud
) -> None:
    large = {"batch_id": "x" * 60_000}
    with pytest.raises(BodyTooLargeError):
        publish(publisher, *(Draft(type=BATCH, data=large, client_id=f"id-{number}") for number in range(20)))
    assert queue.sent == []
    assert stored(publisher, cloud) == []


def test_events_that_are_queued_but_not_confirmed_are_accepted(
    publisher: Publisher, queue: FakeQueue, client: ObservedClient
) -> None:
    client.fail("batch_write_item", throttled("BatchWriteItem"), times=1)
    assert len(publish(publisher, draft("mine"), draft())) == 2
    assert len(queue.sent) == 1


def test_call_after_an_unconfirmed_one_queues_the_same_event_again_and_says_so(
    publisher: Publisher, queue: FakeQueue, client: ObservedClient, clock: FixedClock
) -> None:
    client.fail("batch_write_item", throttled("BatchWriteItem"), times=1)
    publish(publisher, draft("mine"))
    clock.forward(minutes=2)
    publish(publisher, draft("mine"))
    first, second = queue.sent
    assert isinstance(first, EventsMessage)
    assert isinstance(second, EventsMessage)
    assert first.events[0].ulid == second.events[0].ulid
    assert (first.republished, second.republished) == (False, True)


def test_refused_republication_does_not_forget_what_may_be_queued(
    publisher: Publisher, queue: FakeQueue, client: ObservedClient, clock: FixedClock
) -> None:
    client.fail("batch_write_item", throttled("BatchWriteItem"), times=1)
    publish(publisher, draft("mine"))
    clock.forward(minutes=2)
    queue.refuses = True
    with pytest.raises(UnavailableError):
        publish(publisher, draft("mine"))
    queue.refuses = False
    clock.forward(minutes=2)
    publish(publisher, draft("mine"))
    assert len({event.ulid for event in events(queue)}) == 1


def test_call_waits_for_another_that_publishes_the_same_id(
    publisher: Publisher, queue: FakeQueue, waits: Waits
) -> None:
    def first_call_ends() -> None:
        publisher.publications.confirm([reserved])

    slow = replace(publisher, queue=FakeQueue(refuses=True))
    reserved = next(iter(_reserved(slow, "mine")))
    waits.meanwhile = first_call_ends
    assert publish(publisher, draft("mine")) == ["mine"]
    assert waits.count == 1
    assert queue.sent == []


def _reserved(publisher: Publisher, client_id: str) -> list[Any]:
    """What another call holds that has reserved an id and not queued it yet."""
    reserved: dict[str, Any] = {}
    one = draft(client_id)
    event = Event(
        ulid=publisher.ids.ulid(publisher.clock.now()),
        account_id=principal().account_id,
        mode=principal().mode,
        type=one.type,
        data=one.data,
        accepted_at=publisher.clock.now(),
        occurred_at=publisher.clock.now(),
        client_id=client_id,
    )
    publisher._reserved([event], [one], reserved)
    return list(reserved.values())


def test_call_that_waits_too_long_is_unavailable(publisher: Publisher, queue: FakeQueue, waits: Waits) -> None:
    _reserved(publisher, "mine")
    with pytest.raises(UnavailableError):
        publish(publisher, draft("mine"))
    assert waits.count == 20
    assert queue.sent == []


def test_concurrent_identical_publications_are_one_message(publisher: Publisher, queue: FakeQueue) -> None:
    patient = replace(publisher, wait=lambda _: None)

    def outcome(_: int) -> str:
        try:
            return publish(patient, draft("mine"))[0]
        except UnavailableError:
            return "unavailable"

    with ThreadPoolExecutor(8) as threads:
        outcomes = set(threads.map(outcome, range(8)))
    assert "mine" in outcomes
    assert outcomes <= {"mine", "unavailable"}
    assert len(queue.sent) == 1
