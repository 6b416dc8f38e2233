"""Several applications in one process, as the laptop stack has them: each answers its own request."""

from collections.abc import Callable
from typing import Any

from tests.api_calls import api_event
from tests.cloud import Cloud
from tests.system import System


class Interrupted(dict[str, Any]):
    """An event of API Gateway's; when it is first looked at, something else happens."""

    def __init__(self, event: dict[str, Any], action: Callable[[], object]) -> None:
        super().__init__(event)
        self._action: Callable[[], object] | None = action

    def __getitem__(self, name: str) -> Any:
        if name == "requestContext" and self._action:
            action, self._action = self._action, None
            action()
        return super().__getitem__(name)


def test_app_that_is_interrupted_by_another_answers_its_own_request(cloud: Cloud) -> None:
    one, other = System(cloud), System(cloud)
    interruption = api_event("GET", "/v1/nothing-here", {}, None)
    event = Interrupted(api_event("GET", "/healthz", {}, None), lambda: other.app(interruption, None))

    assert one.app(event, None)["statusCode"] == 200
