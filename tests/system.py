"""The whole system in one process: the real api, dispatch and retry code on moto's tables, with time in hand.

Queues and schedules are lists, endpoints are a script. Nothing here waits.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from functions.api.app import build_app
from functions.api.routes import GROUPS
from parcelhook import resources
from parcelhook.administration import Administration
from parcelhook.bought_labels import BoughtLabels
from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.attempts import Attempter
from parcelhook.delivery.endpoint_notes import EndpointNotes
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.lanes import Lanes
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.measures import Measures
from parcelhook.delivery.observers import Observers
from parcelhook.delivery.operational import OperationalEvents
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.planner import build_planner
from parcelhook.delivery.policy import Buckets, RetrySchedule
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.usage_tally import UsageTally
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects import build_dialects
from parcelhook.erasure import Eraser, ErasureRequests
from parcelhook.ids import Ids
from parcelhook.manual_retries import ManualRetries
from parcelhook.messages import decode
from parcelhook.metrics import MetricLines
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import EventType
from parcelhook.publishing import Publisher
from parcelhook.recoveries import Recoveries
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.api_keys import Authenticator, KeyStyle
from parcelhook.security.endpoints import EndpointRules
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.services.api import ApiServices
from parcelhook.storage.endpoint_conditions import EndpointConditions
from parcelhook.storage.erasures import Erasures
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import DeliveryFilter, Lists
from parcelhook.storage.open_circuits import OpenCircuits
from parcelhook.storage.publications import Publications
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import Trackings
from parcelhook.storage.usage import UsageDays
from parcelhook.telemetry import Lines
from tests.api_calls import Answered, api_event
from tests.cloud import Cloud
from tests.endpoint import Endpoint
from tests.fakes import CountedBytes, FixedClock, ListQueue, ListSchedules
from tests.functional.documented import check_answer

RETRY_INTERVAL = timedelta(hours=2)
# Far below the real one, so that a recovery of several pages need not be large.
RECOVERED_PER_SECOND = 1
BUCKETS = Buckets(width=timedelta(minutes=1), lead=timedelta(minutes=2))


class System:
    """What a deployment does, step by step."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock, self.ids = FixedClock(), Ids(CountedBytes())
        self.lines: list[str] = []
        """The log lines that attempts and API calls had."""
        self.metrics: list[str] = []
        """The lines of metrics."""
        self.endpoint, self.schedules = Endpoint(), ListSchedules()
        self.events, self.retries = ListQueue(self.clock), ListQueue(self.clock)
        self.slow = ListQueue(self.clock, holds_back=True)
        self.registry = Registry(cloud.table(resources.REGISTRY)[0])
        self.ledger = Ledger(table=cloud.table(resources.LEDGER)[0], clock=self.clock, days=30, shards=2)
        self.dialects = build_dialects(
            resource_base_url="https://api.shipengine.com", attempts=3, interval=RETRY_INTERVAL
        )
        name = self.ids.lower_text(8)
        self.secrets = ParameterSecrets(client=cloud.ssm, master_name=f"/{name}/master", rsa_name=f"/{name}/rsa")
        self.administration = Administration(
            registry=self.registry, secrets=self.secrets, clock=self.clock, ids=self.ids
        )
        self._waiting = Waiting(
            ledger=self.ledger,
            schedules=self.schedules,
            retry_schedule=RetrySchedule(buckets=BUCKETS),
            clock=self.clock,
        )
        self.app = build_app(self._api_services(), GROUPS, Lines(self.lines.append))
        self.engine = self._engine()
        self.redriver = Redriver(waiting=self._waiting, queue=self.retries, grace=timedelta(minutes=10))

    def new_account(self) -> str:
        """An account of its own."""
        return self.administration.create_account("Acme").id

    def new_key(self, account_id: str, style: KeyStyle, mode: Mode = Mode.LIVE) -> str:
        """A key of the account."""
        return self.administration.create_key(account_id, mode=mode, style=style)[1]

    def call(self, method: str, path: str, headers: Mapping[str, str], body: object = None) -> Answered:
        """An api call, whose answer the OpenAPI document must have. A body that is text is sent as it is, any other as
        JSON."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        answer = self.app(api_event(method, path, headers, text), None)
        answered = Answered(answer["statusCode"], answer.get("headers", {}), answer.get("body") or "")
        told = {name.lower(): value for name, value in answered.headers.items()}
        check_answer(method, path.partition("?")[0], answered.status, told, answered.text)
        return answered

    def publish(self, account_id: str, event_type: EventType, data: object, mode: Mode = Mode.LIVE) -> str:
        """Publishes an event, and has it dispatched. Answers its id."""
        key = self.new_key(account_id, KeyStyle.SHIPENGINE, mode)
        answer = self.call("POST", "/v1/events", {"api-key": key}, {"type": event_type, "data": data})
        assert answer.status == 202, answer.text
        self.dispatch()
        return str(answer.json["id"])

    def dispatch(self) -> set[str]:
        """Has all queued messages dispatched, and those that they queue. Answers those that failed; they are not
        queued again."""
        failed: set[str] = set()
        while received := self.receive():
            failed |= self.dispatch_messages(received)
        return failed

    def receive(self) -> list[ReceivedMessage]:
        """Takes all that is queued."""
        texts = [text for queue in (self.events, self.retries, self.slow) for text in queue.take()]
        return [ReceivedMessage(id=str(number), message=decode(text)) for number, text in enumerate(texts)]

    def dispatch_messages(self, received: Sequence[ReceivedMessage]) -> set[str]:
        """Has these dispatched. Answers those that failed."""
        deadline = self.clock.monotonic() + 60
        return asyncio.run(self.engine.dispatch(received, deadline=deadline))

    def next_bucket(self) -> None:
        """Passes the time until something is due, and has it tried."""
        delayed = [moment for moment, _ in self.slow.delayed]
        bucket = min([*delayed, *(moment for moment, _ in self.schedules.due)])
        self.clock.moment = max(bucket, self.clock.moment)
        for moment, shard in sorted(self.schedules.due):
            if moment == bucket:
                self.redriver.redrive(moment, shard)
                self.schedules.due.remove((moment, shard))
        self.dispatch()

    def run_out(self) -> None:
        """Passes time until nothing is due any more."""
        while self.schedules.due or self.slow.delayed:
            self.next_bucket()

    def deliveries(self, account_id: str, subscription_id: str, mode: Mode = Mode.LIVE) -> list[Delivery]:
        """What became of all that a subscription was to get, newest event first."""
        wanted = DeliveryFilter(subscription_id=subscription_id)
        return list(Lists(self.ledger).deliveries(account_id, mode, wanted, limit=100, cursor=None).elements)

    def _api_services(self) -> ApiServices:
        publications = Publications(table=self.ledger.table, clock=self.clock, days=30)
        endpoint_rules = EndpointRules(allowed_ports=frozenset({443}), resolve=lambda _: [])
        tracks = RegisteredTracks(
            registry=self.registry,
            trackings=Trackings(table=self.ledger.table, clock=self.clock, days=30),
            lists=Lists(self.ledger),
            clock=self.clock,
            remember_seconds=0,
        )
        labels = BoughtLabels(
            tracks=tracks,
            registry=self.registry,
            dialect=self.dialects.named("shippo"),
            endpoint_rules=endpoint_rules,
            clock=self.clock,
        )
        return ApiServices(
            authenticator=Authenticator(self.registry, self.clock, 0),
            registry=self.registry,
            ledger=self.ledger,
            lists=Lists(self.ledger),
            publisher=Publisher(
                queue=self.events,
                publications=publications,
                clock=self.clock,
                ids=self.ids,
                wait=lambda _: None,
                queued=labels.queued,
            ),
            publications=publications,
            manual_retries=ManualRetries(queue=self.retries, clock=self.clock, ids=self.ids),
            recoveries=Recoveries(
                rows=RecoveryRows(self.ledger),
                recoverable=Recoverable(self.ledger),
                queue=self.retries,
                clock=self.clock,
                ids=self.ids,
                delay=timedelta(0),
            ),
            erasure_requests=ErasureRequests(eraser=self._eraser(), queue=self.retries, clock=self.clock),
            tracks=tracks,
            secrets=self.secrets,
            attempter=self._attempter,
            dialects=self.dialects,
            endpoint_rules=endpoint_rules,
            clock=self.clock,
            ids=self.ids,
        )

    def _eraser(self) -> Eraser:
        trackings = Trackings(table=self.ledger.table, clock=self.clock, days=30)
        return Eraser(ledger=self.ledger, erasures=Erasures(self.ledger), trackings=trackings, clock=self.clock)

    def _engine(self) -> Engine:
        conditions = EndpointConditions(self.registry.table)
        matching = Matching(self.registry, self.clock, timedelta(0))
        operational = OperationalEvents(matching=matching, queue=self.events, clock=self.clock)
        notes = EndpointNotes(
            conditions=conditions,
            dialects=self.dialects,
            clock=self.clock,
            fast_budget=timedelta(seconds=3),
            observer=operational,
            count=OpenCircuits(self.ledger),
        )
        observer = Observers(
            AttemptLog(Lines(self.lines.append)),
            Measures(lines=self._metrics(), clock=self.clock),
            UsageTally(store=UsageDays(self.ledger.table), clock=self.clock, ids=self.ids),
        )
        recorder = Recorder(
            waiting=self._waiting,
            dialects=self.dialects,
            health=self.registry,
            endpoints=notes,
            operational=operational,
            observer=observer,
        )
        lanes = Lanes(
            limits=conditions,
            queue=self.slow,
            dialects=self.dialects,
            retry_schedule=self._waiting.retry_schedule,
            clock=self.clock,
            ids=self.ids,
            claim=timedelta(seconds=90),
        )
        recoverer = Recoverer(
            rows=RecoveryRows(self.ledger),
            recoverable=Recoverable(self.ledger),
            waiting=self._waiting,
            queue=self.retries,
            per_second=RECOVERED_PER_SECOND,
        )
        planner = build_planner(
            matching=matching,
            ledger=self.ledger,
            recorder=recorder,
            recoverer=recoverer,
            eraser=self._eraser(),
            dialects=self.dialects,
            clock=self.clock,
            claim=timedelta(seconds=90),
            lanes=lanes,
        )
        return Engine(
            planner=planner,
            attempter=self._attempter(),
            recorder=recorder,
            observer=observer,
            clock=self.clock,
            sleep=self._let_pass,
        )

    def _metrics(self) -> MetricLines:
        return MetricLines(stage="test", clock=self.clock, write=self.metrics.append)

    async def _let_pass(self, seconds: float) -> None:
        self.clock.forward(seconds=seconds)

    def _attempter(self) -> Attempter:
        return Attempter(dialects=self.dialects, sender=self.endpoint, secrets=self.secrets, clock=self.clock)
