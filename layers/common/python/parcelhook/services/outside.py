"""What the system does not make itself: AWS, time, randomness. The defaults are the real ones."""

import random
import time
from collections.abc import Callable
from dataclasses import field, replace
from functools import cache, partial
from threading import Lock
from typing import Any

from botocore import __version__ as botocore_version
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from parcelhook.clock import Clock, SystemClock
from parcelhook.collaborators import collaborator
from parcelhook.ids import Ids

# Throttling is waited out here; what lasts longer is the caller's to know.
_RETRIES = 5
# Where somebody waits for an answer, it must come before Lambda ends the function and API Gateway its patience.
_PROMPT_RETRIES = 2

_SERVICES = ("dynamodb", "scheduler", "sqs", "ssm")


class _Models(Loader):
    """What botocore knows of services. To find ours it would look into the folders of all that AWS has."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - each has every file that is asked for
        return list(_SERVICES)


@cache
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", _Models())
    return session


@cache
def _config(retries: int) -> Config:
    wanted: dict[str, Any] = {"mode": "standard", "max_attempts": retries}
    return Config(
        retries=wanted,  # type: ignore[arg-type]
        connect_timeout=2,
        read_timeout=5,
        tcp_keepalive=True,
        # botocore's own look at every parameter takes as long as the rest of a call; AWS looks at them anyway.
        parameter_validation=False,
        # botocore would put one together for every call, from all that it knows of the machine.
        user_agent=f"parcelhook botocore/{botocore_version}",
    )


def client(service: str, retries: int = _RETRIES) -> Any:
    """An AWS client with our time limits, which tries a call again so many times.

    boto3's own `client` does the same, but imports what S3 needs first, which is a fifth of a cold start.
    """
    return _session().create_client(service, config=_config(retries))


@collaborator(kw_only=True)
class Outside:
    """The surroundings that a function's parts are put together in."""

    client: Callable[[str], Any] = client
    """An AWS client, by the service's name."""
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=Ids)
    wait: Callable[[float], None] = time.sleep
    """Passes so many seconds."""
    uniform: Callable[[float, float], float] = random.uniform


REAL = Outside()
PROMPT = Outside(client=partial(client, retries=_PROMPT_RETRIES))
"""For functions that somebody waits for: a call that AWS does not answer is given up within 20 seconds."""


class _LaterClient:
    """An AWS client that is made when it is first used. Making one takes 2 to 30 ms, most calls need two."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._lock = make, Lock()

    def __getattr__(self, name: str) -> Any:
        # Python asks only for what is not there: once the client is made, its operations are.
        with self._lock:
            if "_made" not in self.__dict__:
                self.__dict__["_made"] = self._make()
        found = getattr(self.__dict__["_made"], name)
        self.__dict__[name] = found
        return found


def with_few_clients(outside: Outside, *at_once: str) -> Outside:
    """`outside` with one client for each service: those for `at_once` made here, others when they are first used."""
    clients = {service: outside.client(service) for service in at_once}

    @cache
    def client_of(service: str) -> Any:
        return clients.get(service) or _LaterClient(partial(outside.client, service))

    return replace(outside, client=client_of)
