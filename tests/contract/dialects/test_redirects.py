"""A redirect is a failure like any other, whose target is recorded."""

import pytest

from parcelhook.model.delivery import DeliveryState
from parcelhook.model.response import EndpointResponse
from tests.contract.dialects.customer import Customer
from tests.system import System

INSIDE = "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next"


@pytest.mark.parametrize("status_code", [301, 302, 303, 307, 308])
def test_redirect_is_a_failure_whose_target_is_recorded(customer: Customer, system: System, status_code: int) -> None:
    subscription_id = customer.subscribe()
    system.endpoint.answer = lambda _: EndpointResponse(status_code=status_code, body=b"moved", location=INSIDE)

    customer.publish()
    system.run_out()

    delivery = customer.delivery(subscription_id)
    assert delivery.state is DeliveryState.DISCARDED
    assert {attempt.error for attempt in delivery.attempts} == {"status"}
    told = f"The endpoint answered {status_code}. The redirect to {INSIDE} was not followed."
    assert {attempt.message for attempt in delivery.attempts} == {told}
    assert {post.url for post in system.endpoint.posts} == {delivery.url}
