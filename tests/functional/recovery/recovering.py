"""What tests of recoveries do to have something to recover, and to see what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from parcelhook.clock import to_text
from parcelhook.model.delivery import Delivery, DeliveryState
from parcelhook.storage.ledger_items import EventRecord
from tests import builders
from tests.contract.dialects.customer import Customer
from tests.fakes import START


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
