"""A deployment in simulated time: the real dispatch and retry functions, timed calls of AWS, and what was seen."""

import asyncio
import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import ceil
from random import Random
from typing import Any

from benchmarks.isolation.model import SERVICE
from benchmarks.isolation.pollers import Pollers
from functions.dispatch.handler import dispatch
from functions.retry.handler import redrive
from parcelhook import resources
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.observers import Observer
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptTimeoutError
from parcelhook.ids import Ids, moment_of
from parcelhook.model.response import EndpointResponse
from parcelhook.services.dispatch import build_engine
from parcelhook.services.outside import Outside
from parcelhook.services.retry import build_redriver
from parcelhook.settings import Settings
from tests.simulation.cloud.dynamodb import SimulatedDynamoDB
from tests.simulation.cloud.scheduler import SimulatedSchedule, SimulatedScheduler
from tests.simulation.cloud.sqs import Moods, SimulatedSqs, queue_url
from tests.simulation.cloud.ssm import SimulatedSsm
from tests.simulation.loop import SimulatedClock, SimulatedLoop
from tests.simulation.quick_secrets import QuickSecrets

START = datetime(2026, 1, 2, 20, 0, tzinfo=UTC)
_MASTER = "/benchmark/master"
DISPATCH_MAPPINGS = tuple(each for each in resources.MAPPINGS if each.function is resources.DISPATCH)


@dataclass(slots=True)
class Seen:
    """A POST, in seconds from the beginning."""

    url: str
    published: float
    began: float
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Billed:
    """An invocation of dispatch."""

    queue: str
    began: float
    seconds: float
    messages: int


React = Callable[[str, float], float]
"""After how many seconds the endpoint at a URL answers a POST of this moment."""


@dataclass(slots=True)
class Environment:
    """A warm worker: its processor does one thing after the other, and its engine sends through it."""

    deployment: "Deployment"
    free_at: float = 0.0
    engine: Engine = field(init=False)

    def busy(self, work: float) -> float:
        """How long until so many seconds of work are done, behind what was begun before."""
        now = self.deployment.loop.seconds
        self.free_at = max(now, self.free_at) + SERVICE.processor(work)
        return self.free_at - now

    def client(self, service: str) -> Any:
        """An AWS client that takes its time."""
        return TimedClient(self, self.deployment.aws[service])

    async def send(self, post: Post) -> EndpointResponse:
        """As `Sender` says."""
        deployment = self.deployment
        loop = deployment.loop
        await asyncio.sleep(self.busy(SERVICE.post_processor))
        seen = Seen(post.url, published_at(post.headers["webhook-id"][4:30]), loop.seconds)
        deployment.posts.append(seen)
        takes = deployment.react(post.url, loop.seconds)
        await asyncio.sleep(min(takes, post.timeout_seconds))
        seen.ended = loop.seconds
        if takes >= post.timeout_seconds:
            raise AttemptTimeoutError(f"No complete answer within {post.timeout_seconds:g} s.")
        return EndpointResponse(status_code=200, body=b"ok")


class TimedClient:
    """Calls the simulated service after the time that a call takes."""

    def __init__(self, environment: Environment, client: Any) -> None:
        self._environment, self._client = environment, client

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method, deployment = getattr(self._client, operation), self._environment.deployment

        def call(**parameters: Any) -> Any:
            deployment.calls[operation] = deployment.calls.get(operation, 0) + 1
            deployment.loop.pause(self._environment.busy(SERVICE.aws_processor) + SERVICE.call(deployment.random))
            return method(**parameters)

        return call


@dataclass(slots=True, kw_only=True)
class Deployment:
    """All of it. `run` passes time until a tale is told."""

    random: Random
    settings: Settings
    react: React
    altered: Callable[[Engine], Engine]
    mappings: Sequence[resources.Mapping] = DISPATCH_MAPPINGS
    posts: list[Seen] = field(default_factory=list)
    billed: list[Billed] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    """Calls of AWS by dispatch and retry, by operation."""
    aws: dict[str, Any] = field(default_factory=dict)
    loop: SimulatedLoop = field(default_factory=SimulatedLoop)
    _idle: list[Environment] = field(default_factory=list)
    _redriver: Redriver = field(init=False)

    def __post_init__(self) -> None:
        loop = self.loop
        scheduler = SimulatedScheduler(now=self.clock.now, created=self._schedule)
        moods = Moods(delay=lambda: SERVICE.poll)
        self.aws = {
            "dynamodb": SimulatedDynamoDB(resources.TABLES, now=loop.time),
            "sqs": SimulatedSqs(resources.QUEUES, now=loop.time, moods=moods),
            "ssm": SimulatedSsm(),
            "scheduler": scheduler,
        }
        self.aws["ssm"].parameters[_MASTER] = base64.b64encode(bytes(32)).decode()
        worker = Environment(self)
        self._redriver = build_redriver(self.settings, self._outside(worker))
        for mapping in self.mappings:
            Pollers(mapping=mapping, sqs=self.aws["sqs"], loop=loop, handle=self._handle).start()

    @property
    def clock(self) -> SimulatedClock:
        """The time of this world."""
        return SimulatedClock(self.loop, START)

    def publish(self, body: str, account_id: str) -> None:
        """Puts an encoded message into the queue of events."""
        url = queue_url(resources.EVENTS)
        self.aws["sqs"].send_message(QueueUrl=url, MessageBody=body, MessageGroupId=account_id, DelaySeconds=0)

    def waiting(self, queue: resources.Queue) -> int:
        """How many messages are in a queue, received or not."""
        count: int = self.aws["sqs"].queues[queue_url(queue)].waiting()
        return count

    def run(self, tale: Any) -> None:
        """Lives until the tale ends."""
        sweeps = self.loop.create_task(self._sweep())
        try:
            self.loop.run_until_complete(tale)
        finally:
            sweeps.cancel()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    def _outside(self, environment: Environment) -> Outside:
        return Outside(
            client=environment.client,
            clock=self.clock,
            ids=Ids(self.random.randbytes),
            wait=self.loop.pause,
            uniform=self.random.uniform,
        )

    def _cold(self) -> Environment:
        environment = Environment(self)
        engine = build_engine(self.settings, Observer(), self._outside(environment), environment)
        # What RSA takes is part of the processor time that is assumed.
        secrets = QuickSecrets(client=environment.client("ssm"), master_name=_MASTER, rsa_name="")
        attempter = replace(engine.attempter, secrets=secrets)
        environment.engine = self.altered(replace(engine, attempter=attempter))
        return environment

    async def _handle(self, mapping: resources.Mapping, records: list[dict[str, Any]]) -> dict[str, Any]:
        began = self.loop.seconds
        if self._idle:
            environment = self._idle.pop()
        else:
            environment = self._cold()
            await asyncio.sleep(SERVICE.cold_start)
        await asyncio.sleep(SERVICE.start)
        deadline = self.loop.seconds + mapping.function.timeout
        answer = await dispatch(environment.engine, {"Records": records}, deadline=deadline)
        seconds = ceil((self.loop.seconds - began) * 1000) / 1000
        self.billed.append(Billed(mapping.queue.name, began, seconds, len(records)))
        self._idle.append(environment)
        return answer

    def _schedule(self, schedule: SimulatedSchedule) -> None:
        at = (schedule.at - START).total_seconds() + self.random.uniform(0, 60)
        self.loop.call_at(at, self._fire, schedule)

    def _fire(self, schedule: SimulatedSchedule) -> None:
        self.aws["scheduler"].delete(schedule)
        self.loop.run_in_executor(None, redrive, self._redriver, schedule.input)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(60 * resources.SWEEP_INTERVAL_MINUTES)
            await self.loop.run_in_executor(None, self._redriver.sweep)


def published_at(ulid: str) -> float:
    """When the event with this ULID was published, in seconds from the beginning."""
    return (moment_of(ulid) - START).total_seconds()


def settings(**members: Any) -> Settings:
    """As on AWS, but for what is asked for, and for the names of what is simulated."""
    urls = {f"{each.name}_queue_url": queue_url(each) for each in (resources.EVENTS, resources.RETRIES, resources.SLOW)}
    given: dict[str, Any] = {
        "registry_table": resources.REGISTRY.name,
        "ledger_table": resources.LEDGER.name,
        "schedule_group": "benchmark",
        "retry_function_arn": "arn:aws:lambda:benchmark:retry",
        "scheduler_role_arn": "arn:aws:iam::benchmark:role/scheduler",
        "master_secret_parameter": _MASTER,
        "signing_key_parameter": "",
    }
    return Settings(**(given | urls | members))
