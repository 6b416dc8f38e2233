from dataclasses import dataclass, field

import httpx
import pytest

from cli.client import ApiClient, build_http
from infra.smoke import Smoke, SmokeError, new_key
from parcelhook.errors import ConnectionFailedError, NotFoundError
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

BASE_URL = "https://api.example.com"
ENDPOINT = "https://bin.example.com/works"
REFUSING = "https://sts.example.com/"


@dataclass
class Stage:
    """The whole system behind HTTP. Time passes while somebody waits."""

    system: System
    said: list[str] = field(default_factory=list)
    dispatches: bool = True

    def answer(self, request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        answer = self.system.call(
            request.method, request.url.raw_path.decode(), headers, request.content.decode() or None
        )
        return httpx.Response(answer.status, headers=dict(answer.headers), text=answer.text)

    def sleep(self, seconds: float) -> None:
        self.system.clock.forward(seconds=seconds)
        if self.dispatches:
            self.system.dispatch()

    def smoke(self, key: str, url: str | None) -> Smoke:
        http = build_http(BASE_URL, key, httpx.MockTransport(self.answer))
        return Smoke(
            api=ApiClient(http, self.sleep),
            url=url,
            refusing=REFUSING,
            say=self.said.append,
            sleep=self.sleep,
            monotonic=self.system.clock.monotonic,
        )

    def run(self, url: str | None) -> None:
        with new_key(self.system.administration) as key:
            self.smoke(key, url).run()


@pytest.fixture
def stage(cloud: Cloud) -> Stage:
    system = System(cloud)
    system.endpoint.answer = lambda post: answered(200 if post.url == ENDPOINT else 403)
    return Stage(system)


def test_session_sends_one_webhook_that_arrives_and_one_that_is_tried_again(stage: Stage) -> None:
    stage.run(ENDPOINT)
    assert [post.url for post in stage.system.endpoint.posts] == [ENDPOINT, REFUSING]
    assert any("answered with 200" in line for line in stage.said)
    assert any("tried again at" in line for line in stage.said)


def test_without_an_endpoint_of_ones_own_any_answer_will_do(stage: Stage) -> None:
    stage.run(None)
    assert any("answered with 403" in line for line in stage.said)


def test_session_leaves_nothing_in_the_registry(stage: Stage, cloud: Cloud) -> None:
    stage.run(ENDPOINT)
    assert cloud.rows(stage.system.registry.table) == []


def test_session_that_fails_leaves_nothing_either(stage: Stage, cloud: Cloud) -> None:
    stage.system.endpoint.answer = lambda _: answered(503)
    with pytest.raises(SmokeError, match=r"answered 503, not 2xx\.$"):
        stage.run(ENDPOINT)
    assert cloud.rows(stage.system.registry.table) == []


def test_endpoint_that_cannot_be_reached_is_a_failure_even_if_any_answer_will_do(stage: Stage) -> None:
    def unreachable(_: object) -> ConnectionFailedError:
        return ConnectionFailedError("nobody there")

    stage.system.endpoint.answer = unreachable
    with pytest.raises(SmokeError, match="answered connection_failed"):
        stage.run(None)


def test_event_that_nobody_dispatches_is_noticed(stage: Stage) -> None:
    stage.dispatches = False
    with pytest.raises(SmokeError, match=r"was published, but it was never tried\."):
        stage.run(ENDPOINT)


def test_removed_account_is_gone_with_its_keys(stage: Stage) -> None:
    administration = stage.system.administration
    with new_key(administration) as key:
        assert stage.system.call("GET", "/v1/subscriptions", {"api-key": key}).status == 200
    assert stage.system.call("GET", "/v1/subscriptions", {"api-key": key}).status == 401
    with pytest.raises(NotFoundError):
        administration.remove_account("acct_none")
