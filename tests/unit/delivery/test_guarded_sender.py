"""What is judged before each attempt, whatever was accepted once."""

import asyncio

import pytest

from parcelhook.delivery.guarded_sender import GuardedSender
from parcelhook.errors import AddressRefusedError
from parcelhook.model.response import EndpointResponse
from parcelhook.security.endpoints import EndpointRules
from tests.endpoint import Endpoint
from tests.unit.delivery.servers import build_post
from tests.unit.security.hostile import LITERALS, LOOK_ALIKES, NAMES, URLS

RULES = EndpointRules(
    allowed_ports=frozenset({443}),
    resolve=lambda _: [],
    own_hosts=frozenset({"abc.execute-api.us-east-1.amazonaws.com"}),
)
OWN = "https://abc.execute-api.us-east-1.amazonaws.com/v1/events"


def sent(url: str) -> tuple[EndpointResponse, Endpoint]:
    endpoint = Endpoint()
    return asyncio.run(GuardedSender(endpoint, RULES).send(build_post(url))), endpoint


def test_honest_endpoint_is_sent_what_there_is() -> None:
    answer, endpoint = sent("https://hooks.example.com/track")
    assert answer.status_code == 200
    assert [post.url for post in endpoint.posts] == ["https://hooks.example.com/track"]


@pytest.mark.parametrize(
    "url",
    [*(f"https://{host}/" for host in (*LITERALS, *NAMES, *LOOK_ALIKES)), *URLS, OWN, "https://example.com:8443/"],
)
def test_hostile_endpoint_is_refused_at_each_attempt_without_a_connection(url: str) -> None:
    endpoint = Endpoint()
    with pytest.raises(AddressRefusedError) as caught:
        asyncio.run(GuardedSender(endpoint, RULES).send(build_post(url)))
    assert endpoint.posts == []
    assert (caught.value.code, str(caught.value)[:7]) == ("address_refused", "The URL")
