"""Events that follow from deliveries, from the publisher's call to the POST that makes it call again."""

import json
from collections.abc import Mapping

import pytest

from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.security.api_keys import KeyStyle
from tests.api_calls import Answered
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

UPDATE = {"tracking_number": "1Z999", "carrier": "ups", "status": "in_transit"}
EVENT = {"type": EventType.TRACKING_UPDATED, "data": UPDATE}
MOCK = {"carrier": "shippo", "tracking_number": "SHIPPO_TRANSIT"}


@pytest.fixture
def system(cloud: Cloud) -> System:
    system = System(cloud)
    system.administration.create_account("first, which makes the secrets")
    return system


def subscribed(system: System, mode: Mode = Mode.LIVE) -> str:
    """A key of an account that hears of tracking updates as Shippo's customers do."""
    key = system.new_key(system.new_account(), KeyStyle.SHIPPO, mode)
    body = {"url": "https://hooks.example.com/", "event": "track_updated", "is_test": mode is Mode.TEST}
    answer = system.call("POST", "/webhooks", {"authorization": f"ShippoToken {key}"}, body)
    assert answer.status == 201, answer.text
    return key


def publish(system: System, key: str, headers: Mapping[str, str]) -> Answered:
    return system.call("POST", "/v1/events", {"api-key": key} | dict(headers), EVENT)


def passed_on(system: System) -> dict[str, str]:
    """What an honest receiver says of the delivery that it got last."""
    return {"parcelhook-hops": system.endpoint.posts[-1].headers["parcelhook-hops"]}


def test_receiver_that_publishes_what_it_receives_comes_to_an_end(system: System) -> None:
    key = subscribed(system)
    answers = [publish(system, key, {})]
    while answers[-1].status == 202 and len(answers) < 10:
        system.dispatch()
        answers.append(publish(system, key, passed_on(system)))

    assert [answer.status for answer in answers] == [202, 202, 202, 202, 422]
    assert [post.headers["parcelhook-hops"] for post in system.endpoint.posts] == ["1", "2", "3", "4"]
    refusal = answers[-1].json
    assert (refusal["title"], refusal["type"]) == ("Loop", "about:blank")
    assert "do not try it again" in refusal["detail"]
    assert system.dispatch() == set()
    assert len(system.endpoint.posts) == 4


def test_retry_of_a_delivery_is_no_hop_of_its_own(system: System) -> None:
    key = subscribed(system)
    answers = iter([503, 200])
    system.endpoint.answer = lambda _: answered(next(answers))
    publish(system, key, {"parcelhook-hops": "2"})
    system.dispatch()
    system.run_out()

    assert [post.headers["parcelhook-hops"] for post in system.endpoint.posts] == ["3", "3"]


def test_mocked_parcel_is_published_as_a_part_of_the_chain(system: System) -> None:
    key = subscribed(system, Mode.TEST)
    answers: list[Answered] = []
    headers: dict[str, str] = {}
    while not answers or (answers[-1].status == 200 and len(answers) < 10):
        headers |= {"authorization": f"ShippoToken {key}"}
        answers.append(system.call("POST", "/tracks", headers, MOCK))
        system.dispatch()
        headers = passed_on(system)

    assert [answer.status for answer in answers] == [200, 200, 200, 200, 400]
    assert "loop" in answers[-1].json["detail"]
    assert len(system.endpoint.posts) == 4


@pytest.mark.parametrize("text", ["4", "10", "9" * 5000, "04", "٤"])
def test_longer_chain_is_refused_and_nothing_is_queued(system: System, text: str) -> None:
    assert publish(system, subscribed(system), {"parcelhook-hops": text}).status == 422
    assert not system.events.texts


@pytest.mark.parametrize("text", ["", "-1", "1.5", "one", "1,2", "1 2", "²", "0x1", "1_0"])
def test_header_that_is_no_number_is_refused(system: System, text: str) -> None:
    answer = publish(system, subscribed(system), {"parcelhook-hops": text})
    assert answer.status == 422
    assert answer.json["errors"][0]["detail"] == "The header parcelhook-hops must be a whole number."
    assert not system.events.texts


@pytest.mark.parametrize("text", ["0", "3", " 2 "])
def test_shorter_chain_is_published_with_its_length(system: System, text: str) -> None:
    assert publish(system, subscribed(system), {"parcelhook-hops": text}).status == 202
    assert json.loads(system.events.texts[0])["events"][0].get("hops", 0) == int(text)


def test_events_about_a_parcel_can_be_ordered_by_header_and_by_list(system: System) -> None:
    key = subscribed(system)
    answer = system.call("POST", "/v1/events", {"api-key": key}, [EVENT, EVENT, EVENT])
    assert answer.status == 202
    system.dispatch()

    listed = [event["sequence"] for event in system.call("GET", "/v1/events", {"api-key": key}).json["events"]]
    sent = sorted(int(post.headers["parcelhook-sequence"]) for post in system.endpoint.posts)
    assert listed == sent[::-1]
    assert len(set(sent)) == 3
    first = answer.json["events"][0]["id"]
    assert system.call("GET", f"/v1/events/{first}", {"api-key": key}).json["sequence"] == sent[0]
