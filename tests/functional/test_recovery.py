"""Recoveries: dry run, progress, cancelling, and whatever may come in between: nothing is lost or sent twice by it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parcelhook.clock import to_text
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.messages import DeliveriesMessage, RecoverMessage
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.recoverable import Recoverable
from tests import builders
from tests.cloud import Cloud
from tests.contract.dialects.cases import SHIPENGINE
from tests.contract.dialects.customer import Customer
from tests.fakes import START
from tests.system import RECOVERED_PER_SECOND, System, answered


@pytest.fixture
def customer(cloud: Cloud) -> Customer:
    return Customer.new(System(cloud), SHIPENGINE, Mode.LIVE)


@pytest.fixture
def subscription_id(customer: Customer) -> str:
    return customer.subscribe()


def happened(
    customer: Customer, subscription_id: str, state: DeliveryState, *, count: int = 1, at: datetime = START
) -> list[Delivery]:
    """Deliveries of events of long ago, as they stand in the ledger."""
    made = []
    for number in range(count):
        moment = at + timedelta(milliseconds=number)
        ulid = customer.system.ids.ulid(moment)
        event = builders.event(account_id=customer.account_id, ulid=ulid, accepted_at=moment, occurred_at=moment)
        customer.system.ledger.record([EventRecord(event=event, subscription_ids=(subscription_id,))], [])
        key = builders.delivery_key(
            account_id=customer.account_id, event_ulid=event.ulid, subscription_id=subscription_id
        )
        new = builders.delivery(key=key, created_at=moment, updated_at=moment)
        reason = "All 3 attempts failed." if state is DeliveryState.DISCARDED else None
        attempts = (builders.attempt(at=moment),)
        made.append(customer.system.ledger.save(replace(new, state=state, attempts=attempts, reason=reason)))
    return made


def recover(customer: Customer, subscription_id: str, **wanted: Any) -> Any:
    """Asks for a recovery some time later."""
    customer.system.clock.forward(minutes=1)
    body = {"since": to_text(START - timedelta(days=1))} | wanted
    answer = customer.own("POST", f"/v1/subscriptions/{subscription_id}/recover", body)
    assert answer.status in {200, 202}, answer.text
    customer.system.clock.forward(seconds=10)
    return answer.json


def shown(customer: Customer, recovery: Any) -> Any:
    return customer.own("GET", f"/v1/recoveries/{recovery['id']}").json


def states(customer: Customer, deliveries: Sequence[Delivery]) -> list[DeliveryState]:
    return [customer.system.ledger.delivery(each.key).state for each in deliveries]


def posted(customer: Customer) -> list[str]:
    """Which deliveries, in order."""
    return [post.headers["webhook-id"] for post in customer.system.endpoint.posts]


def test_dry_run_says_how_much_and_changes_nothing(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=25)
    happened(customer, subscription_id, DeliveryState.DELIVERED)

    told = recover(customer, subscription_id, dry_run=True)

    assert told == {"dry_run": True, "deliveries": 25, "seconds": 3, "cost_usd": "0.0002"}
    assert states(customer, made) == [DeliveryState.DISCARDED] * 25
    assert not customer.system.retries.texts
    assert customer.own("GET", f"/v1/subscriptions/{subscription_id}/recoveries").json == {"recoveries": []}


def test_all_that_was_given_up_is_sent_again_oldest_first(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=30)
    untouched = happened(customer, subscription_id, DeliveryState.DELIVERED)

    recovery = recover(customer, subscription_id)
    assert (recovery["state"], recovery["found"], recovery["queued"]) == ("running", 30, 0)
    assert recovery["states"] == ["discarded", "held"]
    customer.system.dispatch()

    assert posted(customer) == [each.key.id for each in made]
    assert states(customer, made) == [DeliveryState.DELIVERED] * 30
    assert customer.system.ledger.delivery(untouched[0].key) == untouched[0]
    told = shown(customer, recovery)
    assert (told["state"], told["found"], told["queued"]) == ("done", 30, 30)
    assert customer.own("GET", f"/v1/subscriptions/{subscription_id}/recoveries").json == {"recoveries": [told]}


def test_what_was_delivered_is_sent_again_where_it_is_asked_for(customer: Customer, subscription_id: str) -> None:
    made = happened(customer, subscription_id, DeliveryState.DELIVERED, count=3)
    happened(customer, subscription_id, DeliveryState.DISCARDED)

    recovery = recover(customer, subscription_id, states=["delivered"])
    customer.system.dispatch()

    assert posted(customer) == [each.key.id for each in made]
    assert shown(customer, recovery)["queued"] == 3


def test_recovered_delivery_has_all_its_attempts_again(customer: Customer, subscription_id: str) -> None:
    (made,) = happened(customer, subscription_id, DeliveryState.DISCARDED)
    customer.system.endpoint.answer = lambda _: answered(500)

    recover(customer, subscription_id)
    customer.system.dispatch()
    customer.system.run_out()

    tried = customer.system.ledger.delivery(made.key)
    assert (tried.state, len(tried.attempts)) == (DeliveryState.DISCARDED, 1 + 3)


def test_only_the_time_that_is_asked_for(customer: Customer, subscription_id: str) -> None:
    for state in (DeliveryState.DISCARDED, DeliveryState.DELIVERED):
        for hours in range(4):
            happened(customer, subscription_id, state, at=START - timedelta(hours=hours))

    since, until = to_text(START - timedelta(hours=2)), to_text(START - timedelta(hours=1))
    recovery = recover(
        customer, subscription_id, since=since, until=until, states=["discarded", "delivered", "discarded"]
    )
    customer.system.dispatch()

    assert (recovery["since"], recovery["until"], recovery["found"]) == (since, until, 4)
    assert len(customer.system.endpoint.posts) == 4


def test_pages_are_spread_so_that_no_more_than_the_rate_is_queued(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    rate_of_a_page = RECOVERED_PER_SECOND * 180
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=rate_of_a_page + 200)
    recovery = recover(customer, subscription_id)
    system.retries.delays.clear()

    system.dispatch_messages(system.receive())
    (bucket,) = {moment for moment, _ in system.schedules.due}
    sizes, delays = message_sizes(system), system.retries.delays

    queued = 0
    for size, delay in zip(sizes, delays, strict=True):
        assert queued <= RECOVERED_PER_SECOND * delay
        queued += size
    assert queued <= RECOVERED_PER_SECOND * (bucket - system.clock.now()).total_seconds() + 100
    assert shown(customer, recovery)["queued"] == queued < len(made)

    system.dispatch()
    system.run_out()
    assert len(posted(customer)) == len(set(posted(customer))) == len(made)
    assert shown(customer, recovery)["state"] == "done"


def message_sizes(system: System) -> list[int]:
    received = system.receive()
    for each in received:
        system.retries.send(each.message)
    del system.retries.delays[len(received) :]
    return [len(each.message.deliveries) for each in received if isinstance(each.message, DeliveriesMessage)]


def test_cancelling_stops_what_is_queued_too(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=30)
    recovery = recover(customer, subscription_id)
    system.dispatch_messages(system.receive())
    first, *rest = system.receive()
    system.dispatch_messages([first])

    answer = customer.own("POST", f"/v1/recoveries/{recovery['id']}/cancel")
    system.dispatch_messages(rest)

    # All was queued already, so that it is done; only a recovery that runs can be cancelled.
    assert (answer.status, answer.json["state"]) == (200, "done")
    assert states(customer, made) == [DeliveryState.DELIVERED] * 30


def test_cancelled_recovery_sends_nothing_more(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=RECOVERED_PER_SECOND * 200)
    recovery = recover(customer, subscription_id)
    system.dispatch_messages(system.receive())
    first, *rest = system.receive()
    system.dispatch_messages([first])

    answer = customer.own("POST", f"/v1/recoveries/{recovery['id']}/cancel")
    system.dispatch_messages(rest)
    system.run_out()

    assert (answer.status, answer.json["state"]) == (200, "cancelled")
    assert len(system.endpoint.posts) == 25
    assert states(customer, made[25:]) == [DeliveryState.DISCARDED] * (len(made) - 25)
    assert customer.own("POST", f"/v1/recoveries/{recovery['id']}/cancel").json["state"] == "cancelled"


def test_messages_in_any_order_and_any_number_send_once(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DELIVERED, count=60)
    recover(customer, subscription_id, states=["delivered"])
    pages = system.receive()

    system.clock.forward(seconds=1)
    system.dispatch_messages([*pages, *pages])
    deliveries = system.receive()
    for each in [*reversed(deliveries), *deliveries, *pages, *deliveries]:
        system.clock.forward(seconds=1)
        system.dispatch_messages([each])

    assert sorted(posted(customer)) == [each.key.id for each in made]


def test_worker_that_dies_before_the_page_is_written_down_has_it_queued_again_and_sent_once(
    customer: Customer, subscription_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=30)
    recovery = recover(customer, subscription_id)
    (page,) = system.receive()
    rows = system.engine.planner.recoverer.rows
    dying = replace(system.engine.planner.recoverer, rows=Dying(rows))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        dying.recover(page.message)  # type: ignore[arg-type]
    assert shown(customer, recovery)["queued"] == 0

    system.clock.forward(seconds=1)
    system.dispatch()
    system.clock.forward(minutes=6)
    system.dispatch_messages([replace(page, receive_count=2)])
    system.dispatch()

    assert posted(customer) == [each.key.id for each in made]
    assert shown(customer, recovery)["state"] == "done"


class Dying:
    """Rows that a worker dies of when it writes."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def save(self, _: object) -> None:
        raise KeyboardInterrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)


def test_recovery_whose_message_got_lost_is_begun_by_the_sweep(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DISCARDED, count=3)
    recover(customer, subscription_id)
    system.retries.texts.clear()

    system.clock.forward(minutes=11)
    assert system.redriver.sweep() == 1
    system.dispatch()

    assert states(customer, made) == [DeliveryState.DELIVERED] * 3


def test_delivery_that_is_being_tried_is_recovered_after_its_claim(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    (made,) = happened(customer, subscription_id, DeliveryState.DISCARDED)
    recover(customer, subscription_id)
    system.dispatch_messages(system.receive())
    (message,) = system.receive()
    system.ledger.save(replace(made, claimed_until=system.clock.now() + timedelta(seconds=90)))

    assert system.dispatch_messages([message]) == {message.id}
    system.clock.forward(minutes=6)
    assert system.dispatch_messages([replace(message, receive_count=2)]) == set()

    assert states(customer, [made]) == [DeliveryState.DELIVERED]


def test_worker_that_dies_while_sending_leaves_the_rest_to_the_message(
    customer: Customer, subscription_id: str
) -> None:
    system = customer.system
    (made,) = happened(customer, subscription_id, DeliveryState.DELIVERED)
    recover(customer, subscription_id, states=["delivered"])
    system.dispatch_messages(system.receive())
    (message,) = system.receive()

    def die(_: object) -> None:
        raise KeyboardInterrupt

    healthy, system.endpoint.answer = system.endpoint.answer, die  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        system.dispatch_messages([message])
    system.endpoint.answer = healthy
    system.clock.forward(minutes=6)
    assert system.dispatch_messages([replace(message, receive_count=2)]) == set()

    tried = system.ledger.delivery(made.key)
    assert (tried.state, len(tried.attempts)) == (DeliveryState.DELIVERED, 2)


def test_subscription_that_is_switched_off_meanwhile_leaves_all_as_it_was(
    customer: Customer, subscription_id: str
) -> None:
    system = customer.system
    made = happened(customer, subscription_id, DeliveryState.DELIVERED, count=3)
    recover(customer, subscription_id, states=["delivered"])
    customer.own("PATCH", f"/v1/subscriptions/{subscription_id}", {"enabled": False})

    assert system.dispatch() == set()

    assert states(customer, made) == [DeliveryState.DELIVERED] * 3
    assert system.endpoint.posts == []


def test_second_recovery_waits_for_the_first(customer: Customer, subscription_id: str) -> None:
    happened(customer, subscription_id, DeliveryState.DISCARDED)
    first = recover(customer, subscription_id)

    answer = customer.own("POST", f"/v1/subscriptions/{subscription_id}/recover", {"since": to_text(START)})

    assert answer.status == 409
    assert first["id"] in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/since"),
        ({"since": "yesterday"}, "/since"),
        ({"since": "2026-01-01T00:00:00"}, "/since"),
        ({"since": 0}, "/since"),
        ({"since": "1767225600"}, "/since"),
        ({"since": "2026-01-01T00:00:00Z", "until": 1767225601}, "/until"),
        ({"since": "2027-01-01T00:00:00Z"}, "/since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2025-12-01T00:00:00Z"}, "/until"),
        ({"since": "2026-01-01T00:00:00Z", "states": ["lost"]}, "/states/0"),
        ({"since": "2026-01-01T00:00:00Z", "states": []}, "/states"),
        ({"since": "2026-01-01T00:00:00Z", "dry_run": "yes"}, "/dry_run"),
        ({"since": "2026-01-01T00:00:00Z", "colour": "red"}, "/colour"),
    ],
)
def test_wish_that_cannot_be_meant_is_pointed_at(
    customer: Customer, subscription_id: str, body: dict[str, Any], pointer: str
) -> None:
    answer = customer.own("POST", f"/v1/subscriptions/{subscription_id}/recover", body)

    assert answer.status == 422
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert not customer.system.retries.texts


def test_recovery_of_somebody_else_does_not_exist(customer: Customer, subscription_id: str) -> None:
    happened(customer, subscription_id, DeliveryState.DISCARDED)
    recovery = recover(customer, subscription_id)
    stranger = Customer.new(customer.system, SHIPENGINE, Mode.LIVE)

    for method, path in (
        ("GET", f"/v1/recoveries/{recovery['id']}"),
        ("POST", f"/v1/recoveries/{recovery['id']}/cancel"),
        ("POST", f"/v1/subscriptions/{subscription_id}/recover"),
        ("GET", f"/v1/subscriptions/{subscription_id}/recoveries"),
        ("GET", "/v1/recoveries/nonsense"),
    ):
        assert stranger.own(method, path, {"since": to_text(START)} if path[-7:] == "recover" else None).status == 404
    assert shown(customer, recovery)["state"] == "running"


def test_finding_what_was_given_up_reads_nothing_of_what_was_delivered(
    customer: Customer, subscription_id: str
) -> None:
    happened(customer, subscription_id, DeliveryState.DELIVERED, count=20)
    (made,) = happened(customer, subscription_id, DeliveryState.DISCARDED)
    draft = customer.system.engine.planner.recoverer.rows
    recovery = recover(customer, subscription_id)
    key = draft.of_subscription(customer.account_id, Mode.LIVE, subscription_id)[0]

    page = Recoverable(customer.system.ledger).page(key, limit=100, most_looked_at=2)

    assert page.keys == (made.key,)
    assert recovery["found"] == 1


def test_stale_page_is_passed_over_and_its_successor_has_its_schedule(customer: Customer, subscription_id: str) -> None:
    system = customer.system
    happened(customer, subscription_id, DeliveryState.DISCARDED, count=RECOVERED_PER_SECOND * 200)
    recover(customer, subscription_id)
    (page,) = system.receive()
    assert isinstance(page.message, RecoverMessage)
    system.dispatch_messages([page])
    queued, due = len(system.receive()), set(system.schedules.due)
    system.schedules.due.clear()

    system.dispatch_messages([ReceivedMessage(id="again", message=page.message, receive_count=2)])

    assert queued
    assert system.receive() == []
    assert system.schedules.due == due
