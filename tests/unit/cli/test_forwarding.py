import httpx
import pytest

from cli.forwarding import Forwarded, forwarding


def test_webhook_is_handed_on_with_its_very_bytes_and_the_answer_comes_back() -> None:
    got: list[httpx.Request] = []

    def listener(request: httpx.Request) -> httpx.Response:
        got.append(request)
        return httpx.Response(418)

    told: list[Forwarded] = []
    with (
        httpx.Client(transport=httpx.MockTransport(listener)) as to_listener,
        forwarding("http://localhost:3000/hooks", told.append, to_listener) as url,
    ):
        answer = httpx.post(
            url, content=b'{"a" :1}', headers={"webhook-id": "dlv_1", "content-type": "application/json"}
        )
    assert answer.status_code == 418
    assert (str(got[0].url), got[0].content, got[0].headers["webhook-id"]) == (
        "http://localhost:3000/hooks",
        b'{"a" :1}',
        "dlv_1",
    )
    assert [(each.status, each.error) for each in told] == [(418, None)]


def test_listener_that_is_not_there_is_a_bad_gateway() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    told: list[Forwarded] = []
    with (
        httpx.Client(transport=httpx.MockTransport(refuse)) as to_listener,
        forwarding("http://localhost:3000/hooks", told.append, to_listener) as url,
    ):
        assert httpx.post(url, content=b"{}").status_code == 502
    assert told[0].error == "ConnectError: refused"


def test_nothing_listens_afterwards() -> None:
    with httpx.Client() as http, forwarding("http://localhost:1/", lambda _: None, http) as url:
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.post(url)
