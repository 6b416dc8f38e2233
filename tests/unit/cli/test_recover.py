from typing import Any

import httpx

from cli.client import ApiClient, build_http
from cli.recover import Following


class Recoveries:
    """An api whose recovery is done when it has been looked at a few times."""

    def __init__(self, looks: int) -> None:
        self.calls: list[str] = []
        self._looks = looks

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(f"{request.method} {request.url.path}")
        if request.url.path.endswith("/cancel"):
            return httpx.Response(200, json=recovery("cancelled"))
        self._looks -= 1
        return httpx.Response(200, json=recovery("done" if self._looks <= 0 else "running"))


def recovery(state: str) -> dict[str, Any]:
    return {"id": "rec_1", "state": state, "found": 3, "queued": 1}


def test_recovery_is_followed_to_its_end() -> None:
    api = Recoveries(looks=3)
    with build_http("https://api.example.com", "k", httpx.MockTransport(api.answer)) as http:
        ended = Following(ApiClient(http), lambda _: None).follow(recovery("running"))
    assert ended["state"] == "done"
    assert api.calls == ["GET /v1/recoveries/rec_1"] * 3


def test_interruption_cancels_what_is_not_queued_yet() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    api = Recoveries(looks=3)
    with build_http("https://api.example.com", "k", httpx.MockTransport(api.answer)) as http:
        ended = Following(ApiClient(http), interrupted).follow(recovery("running"))
    assert ended["state"] == "cancelled"
    assert api.calls == ["POST /v1/recoveries/rec_1/cancel"]
