"""What tests of erased data do to have some, and to look for it everywhere."""

import json
from collections.abc import Callable
from typing import Any

from parcelhook.delivery.sender import Post
from parcelhook.model.response import EndpointResponse
from parcelhook.storage.compression import decompress
from tests.contract.dialects.customer import Customer

PERSON = "Left with Ms Miller"
NUMBER = "9205590164917312751089"
SCAN = {"occurred_at": "2026-01-02T10:00:00Z", "status": "delivered", "description": PERSON}
UPDATE = {"carrier": "usps", "tracking_number": NUMBER, "status": "delivered", "events": [SCAN]}
# For as long as a worker may have an event in hand that was accepted at this moment, and a little more.
IN_HAND_SECONDS = 400


def answers(customer: Customer, status_code: int, meanwhile: Callable[[], object] = lambda: None) -> None:
    def answer(post: Post) -> EndpointResponse:
        meanwhile()
        return EndpointResponse(status_code=status_code, body=post.body)

    customer.system.endpoint.answer = answer


def publish(customer: Customer, event_type: str = "tracking.updated", data: Any = UPDATE, **members: Any) -> str:
    answer = customer.own("POST", "/v1/events", {"type": event_type, "data": data} | members)
    assert answer.status == 202, answer.text
    return str(answer.json["id"])


def published(customer: Customer) -> str:
    """An event that is dispatched."""
    event_id = publish(customer)
    assert not customer.system.dispatch()
    return event_id


def erase(customer: Customer, event_id: str) -> None:
    answer = customer.own("DELETE", f"/v1/events/{event_id}/data")
    assert (answer.status, answer.text) == (204, "")


def pass_time(customer: Customer, seconds: float = IN_HAND_SECONDS) -> None:
    """Until all that was in hand has been written, and the data is erased once more."""
    customer.system.clock.forward(seconds=seconds)
    assert not customer.system.dispatch()


def posts(customer: Customer) -> int:
    return len(customer.system.endpoint.posts)


def told(customer: Customer, event_id: str) -> Any:
    answer = customer.own("GET", f"/v1/events/{event_id}")
    assert answer.status == 200, answer.text
    return answer.json


def stored(customer: Customer) -> str:
    """All that the ledger has of the customer's, legible."""
    client, name = customer.system.ledger.table.client, customer.system.ledger.table.name
    items = client.scan(TableName=name)["Items"]
    own = [item for item in items if customer.account_id in item["pk"]["S"]]
    packed = [attribute["B"] for item in own for key, attribute in item.items() if "B" in attribute and key != "mark"]
    return json.dumps([[decompress(bytes(each)) for each in packed], repr(own)])
