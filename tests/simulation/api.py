"""The real api in front of the simulated AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from functions.api.app import Resolve, build_app
from functions.api.routes import GROUPS
from parcelhook import resources
from parcelhook.services.api import ApiServices, build_api_services
from parcelhook.services.outside import Outside
from parcelhook.settings import Settings
from tests.api_calls import Answered, api_event
from tests.simulation.functions import Environment, InvocationFailed, SimulatedFunction
from tests.simulation.process import Process
from tests.simulation.surroundings import Surroundings

# API Gateway's own answer where the function gave none.
_NO_ANSWER = Answered(503, {}, "")


class Slot:
    """The services of whichever process has the application at the moment."""

    services: ApiServices

    def __getattr__(self, name: str) -> Any:
        return getattr(self.services, name)


@dataclass(slots=True)
class App:
    """An application. Building one takes longer than most calls of it, so that it passes from one life to the next."""

    resolve: Resolve
    slot: Slot


_FREE: list[App] = []


@dataclass(slots=True)
class Apps:
    """Makes the application of a process."""

    settings: Settings
    outside: Callable[[Process], Outside]
    alter: Callable[[Process, ApiServices], ApiServices]
    taken: list[App] = field(default_factory=list)

    def __call__(self, process: Process) -> Resolve:
        app = _FREE.pop() if _FREE else _new_app()
        app.slot.services = self.alter(process, build_api_services(self.settings, self.outside(process)))
        self.taken.append(app)
        return app.resolve

    def give_back(self) -> None:
        """The life is over."""
        _FREE.extend(self.taken)
        self.taken.clear()


def _new_app() -> App:
    slot = Slot()
    return App(build_app(cast(ApiServices, slot), GROUPS), slot)


class ApiFront:
    """API Gateway: each call has a process of its own while it lasts."""

    def __init__(self, surroundings: Surroundings, apps: Apps) -> None:
        self.apps = apps
        self._function = SimulatedFunction(resources.API, surroundings, apps)

    async def call(self, method: str, path: str, headers: Mapping[str, str], text: str | None) -> Answered:
        """An answer of ours, or of API Gateway's where the function died over it."""
        event = api_event(method, path, headers, text)

        async def work(environment: Environment[Resolve]) -> Any:
            return await environment.process.run(environment.part, event, None)

        try:
            answer = await self._function.invoke(work)
        except InvocationFailed:
            return _NO_ANSWER
        return Answered(answer["statusCode"], answer.get("headers", {}), answer.get("body") or "")
