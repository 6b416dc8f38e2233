"""A deployment of Parcelhook in simulated time: the real handlers, and a simulated AWS below them.

It knows nothing of what is checked, so that benchmarks can use it too.
"""

import asyncio
import base64
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from functions.api.ingest import ingest
from functions.dispatch.handler import dispatch
from functions.retry.handler import redrive
from parcelhook import resources
from parcelhook.delivery.attempts import Attempter
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.observers import Observer
from parcelhook.delivery.redrive import Redriver
from parcelhook.errors import PoisonedMessageError
from parcelhook.ids import Ids
from parcelhook.messages import DeliveriesMessage, EventsMessage, Message, decode
from parcelhook.services import build_administration
from parcelhook.services.api import ApiServices
from parcelhook.services.dispatch import build_engine
from parcelhook.services.ingest import IngestServices, build_ingest_services
from parcelhook.services.outside import Outside
from parcelhook.services.retry import build_redriver
from parcelhook.settings import Settings
from tests.simulation.alterations import UNALTERED, Alterations
from tests.simulation.api import ApiFront, Apps
from tests.simulation.cloud.dynamodb import Changed, SimulatedDynamoDB
from tests.simulation.cloud.scheduler import SimulatedScheduler
from tests.simulation.cloud.sqs import Moods, SimulatedSqs, queue_url
from tests.simulation.cloud.ssm import SimulatedSsm
from tests.simulation.endpoints import Endpoints, SimulatedSender
from tests.simulation.faults import Faults
from tests.simulation.functions import Environment, InvocationFailed, SimulatedFunction
from tests.simulation.history import History, Invocation
from tests.simulation.loop import SimulatedClock, SimulatedLoop
from tests.simulation.process import Process
from tests.simulation.quick_secrets import QuickSecrets
from tests.simulation.surroundings import Surroundings
from tests.simulation.triggers import Poller, ScheduleRunner

START = datetime(2026, 1, 2, 20, 0, tzinfo=UTC)
_MASTER, _RSA = "/simulated/master", "/simulated/rsa"


def settings(**members: Any) -> Settings:
    """As on AWS, but for what is asked for, and for the names of what is simulated."""
    known = {field.name for field in fields(Settings)}
    urls = {f"{queue.name}_queue_url": queue_url(queue) for queue in resources.QUEUES}
    urls = {name: url for name, url in urls.items() if name in known}
    urls["ingest_dead_letter_queue_url"] = f"{queue_url(resources.INGESTION)}-dead-letters"
    given: dict[str, Any] = {
        "registry_table": resources.REGISTRY.name,
        "ledger_table": resources.LEDGER.name,
        "schedule_group": "simulated",
        "retry_function_arn": "arn:aws:lambda:simulated:retry",
        "scheduler_role_arn": "arn:aws:iam::simulated:role/scheduler",
        "master_secret_parameter": _MASTER,
        "signing_key_parameter": _RSA,
        "dangerous_allow_private_endpoints": True,
    }
    return Settings(**(given | urls | members))


class _Unread:
    """A log that nobody reads."""

    def info(self, *_: object, **__: object) -> None:
        return

    warning = info


@dataclass(slots=True)
class Worker:
    """What a dispatch environment keeps warm."""

    engine: Engine
    sender: SimulatedSender


@dataclass(slots=True, kw_only=True)
class World:
    """All of it. `run` passes time until a user's tale is told."""

    random: Random
    settings: Settings = field(default_factory=settings)
    faults: Faults = field(default_factory=Faults)
    marks: Sequence[str] = ()
    alterations: Alterations = UNALTERED
    mappings: Sequence[resources.Mapping] = tuple(
        mapping for mapping in resources.MAPPINGS if mapping.function is resources.DISPATCH
    )
    changed: Changed = lambda *_: None
    """Is told of each write."""
    loop: SimulatedLoop = field(init=False)
    surroundings: Surroundings = field(init=False)
    history: History = field(init=False)
    dynamodb: SimulatedDynamoDB = field(init=False)
    sqs: SimulatedSqs = field(init=False)
    endpoints: Endpoints = field(init=False)
    api: ApiFront = field(init=False)
    _dispatch: SimulatedFunction[Worker] = field(init=False)
    _retry: SimulatedFunction[Redriver] = field(init=False)
    _ingest: SimulatedFunction[IngestServices] = field(init=False)

    def __post_init__(self) -> None:
        loop = self.loop = SimulatedLoop()
        self.history = History(now=loop.time, worst=self.faults)
        around = self.surroundings = Surroundings(
            loop=loop, random=self.random, start=START, history=self.history, faults=self.faults
        )
        ssm, scheduler = SimulatedSsm(), SimulatedScheduler(now=SimulatedClock(loop, START).now)
        self.dynamodb = SimulatedDynamoDB(resources.TABLES, now=loop.time, lag=self._lag, changed=self.changed)
        self.sqs = SimulatedSqs(resources.QUEUES, now=loop.time, moods=self._moods())
        around.aws = {"dynamodb": self.dynamodb, "sqs": self.sqs, "ssm": ssm, "scheduler": scheduler}
        ssm.parameters[_MASTER] = base64.b64encode(self.random.randbytes(32)).decode()
        ssm.parameters[_RSA] = "not read"
        self.endpoints = Endpoints(self.random, self.marks)
        self._dispatch = SimulatedFunction(resources.DISPATCH, around, self._worker)
        self._retry = SimulatedFunction(resources.RETRY, around, self._redriver)
        self._ingest = SimulatedFunction(resources.INGEST, around, self._ingestion)
        self.api = ApiFront(around, Apps(self.settings, self.outside, self._services))
        runner = ScheduleRunner(scheduler, around, self.call_retry)
        scheduler._created = runner.created
        for mapping in self.mappings:
            Poller(mapping, self.sqs, around, self._handle).start()
        self.sqs.keep_refusals(resources.INGESTION)
        Poller(resources.INGESTION_MAPPING, self.sqs, around, self._take_in).start()

    def run(self, tale: Coroutine[Any, Any, None]) -> None:
        """Lives until the tale ends."""
        sweeps = self.loop.create_task(self._sweep())
        try:
            self.loop.run_until_complete(tale)
        finally:
            sweeps.cancel()
            self.loop.close()

    def outside(self, process: Process) -> Outside:
        """The surroundings of a process, as the product's own parts take them."""
        return Outside(
            client=process.client,
            clock=process.clock,
            ids=Ids(self.random.randbytes),
            wait=process.wait,
            uniform=self.random.uniform,
        )

    def administration(self) -> Any:
        """What an operator does, whom nothing befalls."""
        outside = Outside(
            client=lambda name: self.surroundings.aws[name],
            clock=SimulatedClock(self.loop, START),
            ids=Ids(self.random.randbytes),
        )
        return build_administration(self.settings, outside)

    def calm(self) -> None:
        """From here on nothing fails any more."""
        self.faults = self.surroundings.faults = self.faults.calm

    async def call_retry(self, event: dict[str, Any]) -> None:
        """Invokes the retry function. Raises `InvocationFailed`."""

        async def work(environment: Environment[Redriver]) -> Any:
            return await environment.process.run(redrive, environment.part, event)

        await self._retry.invoke(work)

    async def _handle(self, mapping: resources.Mapping, records: list[dict[str, Any]]) -> dict[str, Any]:
        history = self.history
        number = self.surroundings.next_number()

        async def work(environment: Environment[Worker]) -> Any:
            process = environment.process
            environment.part.sender.invocation = number
            bodies = tuple(record["body"] for record in records)
            invocation = Invocation(
                number=number, process=process.name, began=self.loop.seconds, queue=mapping.queue.name, messages=bodies
            )
            history.invocations[number] = invocation
            for record in records:
                text = f"{record['attributes']['ApproximateReceiveCount']}× {record['messageId']} {record['body']}"
                history.note("receive", process.name, text)
            deadline = process.clock.monotonic() + mapping.function.timeout
            try:
                answer = await dispatch(environment.part.engine, {"Records": records}, deadline=deadline)
                invocation.ended = self.loop.seconds
            finally:
                invocation.troubles, invocation.died = process.troubles, not process.alive
                invocation.failed_writes = tuple(process.failed_writes)
            history.note("handled", process.name, json.dumps(answer))
            return answer

        answer: dict[str, Any] = await self._dispatch.invoke(work)
        return answer

    async def _take_in(self, _: resources.Mapping, records: list[dict[str, Any]]) -> dict[str, Any]:
        """As the ingest function's handler does."""

        async def work(environment: Environment[IngestServices]) -> Any:
            failed = []
            for record in records:
                text = f"{record['attributes']['ApproximateReceiveCount']}× {record['messageId']} {record['body']}"
                self.history.note("receive", environment.process.name, text)
                if not await environment.process.run(ingest, record, environment.part, _Unread()):
                    failed.append({"itemIdentifier": record["messageId"]})
            return {"batchItemFailures": failed}

        answer: dict[str, Any] = await self._ingest.invoke(work)
        return answer

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(60 * resources.SWEEP_INTERVAL_MINUTES)
            for _ in range(3):
                try:
                    await self.call_retry({"kind": "sweep"})
                except InvocationFailed:
                    await asyncio.sleep(60)
                else:
                    break

    def _worker(self, process: Process) -> Worker:
        sender = SimulatedSender(process, self.endpoints)
        engine = build_engine(self.settings, Observer(), self.outside(process), sender)
        secrets = QuickSecrets(client=process.client("ssm"), master_name=_MASTER, rsa_name=_RSA)
        engine = replace(engine, attempter=replace(engine.attempter, secrets=secrets))
        return Worker(self.alterations.engine(engine), sender)

    def _services(self, process: Process, services: ApiServices) -> ApiServices:
        secrets = QuickSecrets(client=process.client("ssm"), master_name=_MASTER, rsa_name=_RSA)
        sender = SimulatedSender(process, self.endpoints)
        attempter = Attempter(dialects=services.dialects, sender=sender, secrets=secrets, clock=process.clock)
        altered: ApiServices = self.alterations.services(
            replace(services, secrets=secrets, attempter=lambda: attempter)
        )
        return altered

    def _redriver(self, process: Process) -> Redriver:
        return self.alterations.redriver(build_redriver(self.settings, self.outside(process)))

    def _ingestion(self, process: Process) -> IngestServices:
        return self.alterations.ingest(build_ingest_services(self.settings, self.outside(process)))

    def _lag(self) -> float:
        around = self.surroundings
        if not around.happens(around.faults.stale):
            return 0.0
        return around.random.uniform(0, around.faults.longest_stale_item)

    def _moods(self) -> Moods:
        return Moods(copies=self._copies, delay=self._delay, place=self._place)

    def _copies(self, body: str) -> int:
        faults, message = self.surroundings.faults, _decoded(body)
        is_due = isinstance(message, DeliveriesMessage) and self.surroundings.happens(faults.duplicate_due)
        copies = 2 if is_due or self.surroundings.happens(faults.duplicate) else 1
        if copies > 1:
            self.history.note("duplicate", "sqs", body)
        if isinstance(message, EventsMessage):
            for event in message.events:
                self.history.copies[event.ulid] += copies
        return copies

    def _delay(self) -> float:
        around = self.surroundings
        if not around.happens(around.faults.late_message):
            return around.random.uniform(0.001, 0.02)
        return around.random.uniform(0.02, around.faults.longest_late_message)

    def _place(self, count: int) -> int:
        return self.random.randrange(count) if self.surroundings.happens(self.surroundings.faults.disorder) else 0


def _decoded(body: str) -> Message | None:
    """None for what a producer inside AWS sent."""
    try:
        return decode(body)
    except PoisonedMessageError:
        return None
