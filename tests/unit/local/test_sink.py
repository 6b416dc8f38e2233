"""The endpoint that tests and measurements send to."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from local.sink import Receipt, Sink
from local.testing import wait_for


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


def post(sink: Sink, webhook_id: str = "a") -> int:
    return httpx.post(sink.url("/x"), content=b"body", headers={"webhook-id": webhook_id}, timeout=10).status_code


def test_sink_answers_as_told_and_remembers(sink: Sink) -> None:
    sink.answer = lambda receipt: 503 if receipt.webhook_id == "bad" else 204
    assert [post(sink, "bad"), post(sink, "good")] == [503, 204]
    assert [(each.path, each.webhook_id, each.body, each.status) for each in sink.receipts] == [
        ("/x", "bad", b"body", 503),
        ("/x", "good", b"body", 204),
    ]
    assert post(sink, "bad") == 503
    assert [each.number for each in sink.receipts] == [1, 1, 2]
    assert [each.is_accepted for each in sink.receipts] == [False, True, False]


def test_sink_that_is_down_refuses_until_it_is_up_on_the_same_port(sink: Sink) -> None:
    port = sink.port
    sink.down()
    with pytest.raises(httpx.ConnectError):
        post(sink)
    sink.up()
    assert post(sink) == 200
    assert sink.port == port
    assert len(sink.receipts) == 1


def test_sink_that_goes_down_breaks_what_is_open(sink: Sink) -> None:
    held = threading.Event()

    def hold(_receipt: Receipt) -> int:
        held.wait()
        return 200

    sink.answer = hold
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(post, sink)
        wait_for(lambda: sink.receipts, seconds=10, what="the POST")
        sink.down()
        with pytest.raises(httpx.TransportError):
            answer.result(timeout=10)
        held.set()
    assert len(sink.receipts) == 1
