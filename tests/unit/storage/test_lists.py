from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parcelhook.errors import InvalidRequestError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.model.event import EventType
from parcelhook.resources import LEDGER
from parcelhook.storage.cursors import from_cursor
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.lists import DeliveryFilter, Listing, Lists
from parcelhook.storage.sheets import AT_ONCE_VERSION
from tests.builders import ACCOUNT, IDS, attempt, delivery, delivery_key, event, failed_attempt
from tests.cloud import Cloud
from tests.fakes import START, FixedClock, ObservedClient

LIVE = Mode.LIVE
SUBSCRIPTIONS = ("se-a", "se-b", "se-c")
STATES = tuple(DeliveryState)
TYPES = (EventType.TRACKING_UPDATED, EventType.BATCH_CREATED)


def in_state(new: Delivery, state: DeliveryState) -> Delivery:
    """`new` as it may come to be in `state`."""
    match state:
        case DeliveryState.PENDING:
            return new.deferred(START, START)
        case DeliveryState.RETRYING:
            return new.retrying(failed_attempt(), START + timedelta(hours=2))
        case DeliveryState.DELIVERED:
            return new.delivered(attempt())
        case DeliveryState.DISCARDED:
            return new.discarded("The subscription was deleted.", START)
        case DeliveryState.HELD:
            return replace(new, state=state)


class History:
    """What an account's ledger holds, and what is in it by each list's order."""

    def __init__(self, ledger: Ledger, account_id: str = ACCOUNT) -> None:
        self.ledger = ledger
        self.lists = Lists(ledger)
        self.account_id = account_id
        self.records: list[EventRecord] = []
        self.deliveries: list[Delivery] = []

    def add(self, number: int, *states: DeliveryState, event_type: EventType = TYPES[0]) -> None:
        """An event, newer than those before, and a delivery in each of `states`."""
        at = START + timedelta(seconds=number)
        happened = event(account_id=self.account_id, ulid=IDS.ulid(at), accepted_at=at, type=event_type, data={})
        subscriptions = SUBSCRIPTIONS[: len(states)]
        made = [
            in_state(delivery(key=self._key(happened.ulid, each), event_type=event_type), state)
            for each, state in zip(subscriptions, states, strict=True)
        ]
        record = EventRecord(event=happened, subscription_ids=subscriptions)
        self.ledger.record([record], made)
        self.records.insert(0, record)
        self.deliveries[:0] = [replace(each, version=AT_ONCE_VERSION) for each in reversed(made)]

    def _key(self, ulid: str, subscription_id: str) -> Any:
        return delivery_key(account_id=self.account_id, event_ulid=ulid, subscription_id=subscription_id)

    def list_deliveries(self, wanted: DeliveryFilter, limit: int = 100, cursor: str | None = None) -> Listing[Delivery]:
        return self.lists.deliveries(self.account_id, LIVE, wanted, limit=limit, cursor=cursor)

    def list_events(self, event_type: EventType | None, limit: int, cursor: str | None) -> Listing[EventRecord]:
        return self.lists.events(self.account_id, LIVE, event_type, limit=limit, cursor=cursor)


def paged(ask: Callable[[str | None], Listing[Any]], limit: int) -> Iterator[Any]:
    """All elements, page by page."""
    cursor = None
    while True:
        page = ask(cursor)
        assert len(page.elements) <= limit
        yield from page.elements
        cursor = page.next
        if cursor is None:
            return


@pytest.fixture(scope="module")
def history(cloud: Cloud) -> History:
    """Some events with deliveries in every state, beside another account's."""
    table, _ = cloud.table(LEDGER)
    ledger = Ledger(table=table, clock=FixedClock(), days=30, shards=1)
    other, own = History(ledger, "acct_other"), History(ledger)
    for number in range(14):
        states = [STATES[(number + place) % len(STATES)] for place in range(number % 4)]
        own.add(number, *states, event_type=TYPES[number % 3 == 0])
        if number % 3 == 0:
            other.add(number, *STATES[:3])
    return own


@given(
    limit=st.integers(1, 7),
    state=st.sampled_from((None, *STATES)),
    subscription_id=st.sampled_from((None, *SUBSCRIPTIONS, "se-none")),
    event_type=st.sampled_from((None, *TYPES, EventType.RATES_UPDATED)),
)
@settings(max_examples=30)
def test_pages_of_deliveries_have_no_gaps_and_no_repeats(
    history: History,
    limit: int,
    state: DeliveryState | None,
    subscription_id: str | None,
    event_type: EventType | None,
) -> None:
    wanted = DeliveryFilter(state=state, subscription_id=subscription_id, event_type=event_type)
    shown = list(paged(lambda cursor: history.list_deliveries(wanted, limit, cursor), limit))
    assert shown == [each for each in history.deliveries if wanted.accepts(each)]


@given(limit=st.integers(1, 7), event_type=st.sampled_from((None, *TYPES, EventType.RATES_UPDATED)))
@settings(max_examples=10)
def test_pages_of_events_have_no_gaps_and_no_repeats(
    history: History, limit: int, event_type: EventType | None
) -> None:
    shown = list(paged(lambda cursor: history.list_events(event_type, limit, cursor), limit))
    assert shown == [each for each in history.records if event_type in {None, each.event.type}]


def test_last_page_that_is_just_full_has_no_next(history: History) -> None:
    assert history.list_events(None, len(history.records), None).next is None


def test_what_is_new_does_not_move_the_next_page(ledger: Ledger) -> None:
    own = History(ledger)
    for number in range(4):
        own.add(number, DeliveryState.DELIVERED)
    first = own.list_events(None, 2, None)
    own.add(9, DeliveryState.DELIVERED)
    second = own.list_events(None, 2, first.next)
    assert [*first.elements, *second.elements] == own.records[1:]


def test_cursor_of_another_account_shows_nothing_of_it(history: History) -> None:
    theirs = History(history.ledger, "acct_other")
    cursor = theirs.list_deliveries(DeliveryFilter(), 2).next
    assert cursor is not None
    shown = paged(lambda after: history.list_deliveries(DeliveryFilter(), 50, after or cursor), 50)
    assert {each.key.account_id for each in shown} == {ACCOUNT}


def test_cursor_does_not_name_the_account(history: History) -> None:
    cursor = history.list_deliveries(DeliveryFilter(), 2).next
    assert cursor is not None
    assert "acct" not in from_cursor(cursor)


@pytest.mark.parametrize("state", [None, DeliveryState.DISCARDED])
@pytest.mark.parametrize("subscription_id", [None, "se-a"])
def test_bad_cursor_is_refused_by_every_list(
    history: History, state: DeliveryState | None, subscription_id: str | None
) -> None:
    wanted = DeliveryFilter(state=state, subscription_id=subscription_id)
    for ask in (lambda: history.list_deliveries(wanted, 5, "nonsense"), lambda: history.list_events(None, 5, "zzz")):
        with pytest.raises(InvalidRequestError):
            ask()


def test_other_mode_is_another_list(history: History) -> None:
    assert history.lists.events(ACCOUNT, Mode.TEST, None, limit=10, cursor=None).elements == ()
    assert history.lists.deliveries(ACCOUNT, Mode.TEST, DeliveryFilter(), limit=10, cursor=None).elements == ()


def test_listing_what_failed_does_not_read_what_succeeded(ledger: Ledger, client: ObservedClient) -> None:
    own = History(ledger)
    for number in range(40):
        own.add(number, DeliveryState.DISCARDED if number in {7, 31} else DeliveryState.DELIVERED)
    client.calls.clear()
    shown = own.list_deliveries(DeliveryFilter(state=DeliveryState.DISCARDED))
    assert len(shown.elements) == 2
    assert client.items_read == 4  # each once in the index and once itself


def test_page_reads_little_more_than_it_shows(ledger: Ledger, client: ObservedClient) -> None:
    own = History(ledger)
    for number in range(40):
        own.add(number, DeliveryState.DELIVERED)
    client.calls.clear()
    own.list_events(None, 5, None)
    own.list_deliveries(DeliveryFilter(subscription_id="se-a"), 5)
    assert client.items_read == 12


def test_filter_that_leaves_most_out_ends_its_page_before_it_reads_everything(
    ledger: Ledger, client: ObservedClient
) -> None:
    own = History(ledger)
    happened = [event(ulid=IDS.ulid(START + timedelta(seconds=n)), data={}) for n in range(1010)]
    ledger.record([EventRecord(event=each, subscription_ids=()) for each in happened], [])
    client.calls.clear()
    first = own.list_events(EventType.RATES_UPDATED, 100, None)
    assert first.elements == ()
    assert first.next is not None
    assert client.items_read < 1_111
    assert own.list_events(EventType.RATES_UPDATED, 100, first.next).next is None


def test_what_expired_is_in_no_list(ledger: Ledger, clock: FixedClock) -> None:
    own = History(ledger)
    own.add(0, DeliveryState.DELIVERED, DeliveryState.DISCARDED)
    clock.forward(days=29)
    assert len(own.list_deliveries(DeliveryFilter()).elements) == 2
    clock.forward(days=2)
    filters = (DeliveryFilter(), DeliveryFilter(subscription_id="se-a"), DeliveryFilter(state=DeliveryState.DISCARDED))
    assert [own.list_deliveries(wanted).elements for wanted in filters] == [(), (), ()]
    assert own.list_events(None, 10, None).elements == ()
