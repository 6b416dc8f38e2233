"""The whole system in one process: the real api, dispatch and retry code on moto's tables, with time in hand.

Queues and schedules are lists, endpoints are a script. Nothing here waits.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from functions.api.app import build_app
from functions.api.routes import GROUPS
from parcelhook import resources
from parcelhook.administration import Administration
from parcelhook.bought_labels import BoughtLabels
from parcelhook.delivery.attempts import Attempter, AttemptResult, Work
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.plan import Planner, ReceivedMessage
from parcelhook.delivery.policy import Buckets, RetrySchedule
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.sender import Post
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects import build_dialects
from parcelhook.errors import AttemptError
from parcelhook.ids import Ids
from parcelhook.messages import Message, decode, encode
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery
from parcelhook.model.event import EventType
from parcelhook.model.response import EndpointResponse
from parcelhook.publishing import Publisher
from parcelhook.recovery import Recovery
from parcelhook.registered_tracks import RegisteredTracks
from parcelhook.security.api_keys import Authenticator, KeyStyle
from parcelhook.security.endpoints import EndpointRules
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.services.api import ApiServices
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import DeliveryFilter, Lists
from parcelhook.storage.publications import Publications
from parcelhook.storage.registry import Registry
from parcelhook.storage.trackings import Trackings
from tests.cloud import Cloud
from tests.fakes import CountedBytes, FixedClock

RETRY_INTERVAL = timedelta(hours=2)
BUCKETS = Buckets(width=timedelta(minutes=1), lead=timedelta(minutes=2))
Answer = EndpointResponse | AttemptError


def answered(status_code: int) -> EndpointResponse:
    """An endpoint's answer."""
    return EndpointResponse(status_code=status_code, body=b"told")


@dataclass(slots=True)
class Endpoint:
    """All endpoints of the world: what they were sent, and what they answer from now on."""

    posts: list[Post] = field(default_factory=list)
    answer: Callable[[Post], Answer] = lambda _: answered(200)

    async def send(self, post: Post) -> EndpointResponse:
        self.posts.append(post)
        answer = self.answer(post)
        if isinstance(answer, AttemptError):
            raise answer
        return answer


@dataclass(slots=True)
class ListQueue:
    """A queue that forgets nothing until it is received. Messages pass through their text, as in SQS."""

    texts: deque[str] = field(default_factory=deque)

    def send(self, message: Message, *, delay_seconds: int = 0) -> None:
        self.texts.append(encode(message))

    def send_many(self, batch: Sequence[Message]) -> None:
        self.texts += [encode(message) for message in batch]


@dataclass(slots=True)
class ListSchedules:
    """Schedules that fire when the test says so."""

    due: set[tuple[datetime, int]] = field(default_factory=set)

    def ensure(self, bucket: datetime, shard: int) -> None:
        self.due.add((bucket, shard))


class Nobody:
    """Is told of attempts and keeps it to itself."""

    def attempted(self, work: Work, result: AttemptResult) -> None:
        return


@dataclass(frozen=True, slots=True)
class Answered:
    """An api answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class System:
    """What a deployment does, step by step."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock, self.ids = FixedClock(), Ids(CountedBytes())
        self.endpoint, self.schedules = Endpoint(), ListSchedules()
        self.events, self.retries = ListQueue(), ListQueue()
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
        self._app = build_app(self._api_services(), GROUPS)
        self.engine = self._engine()
        self.redriver = Redriver(waiting=self._waiting, queue=self.retries, grace=timedelta(minutes=10))

    def new_account(self) -> str:
        """An account of its own."""
        return self.administration.create_account("Acme").id

    def new_key(self, account_id: str, style: KeyStyle, mode: Mode = Mode.LIVE) -> str:
        """A key of the account."""
        return self.administration.create_key(account_id, mode=mode, style=style)[1]

    def call(self, method: str, path: str, headers: Mapping[str, str], body: object = None) -> Answered:
        """An api call. A body that is text is sent as it is, any other as JSON."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        answer = self._app(api_event(method, path, headers, text), None)
        return Answered(answer["statusCode"], answer.get("headers", {}), answer.get("body") or "")

    def publish(self, account_id: str, event_type: EventType, data: object, mode: Mode = Mode.LIVE) -> str:
        """Publishes an event, and has it dispatched. Answers its id."""
        key = self.new_key(account_id, KeyStyle.SHIPENGINE, mode)
        answer = self.call("POST", "/v1/events", {"api-key": key}, {"type": event_type, "data": data})
        assert answer.status == 202, answer.text
        self.dispatch()
        return str(answer.json["id"])

    def dispatch(self) -> set[str]:
        """Has all queued messages dispatched. Answers those that failed; they are not queued again."""
        received = [
            ReceivedMessage(id=str(number), message=decode(text))
            for number, text in enumerate([*self.events.texts, *self.retries.texts])
        ]
        self.events.texts.clear()
        self.retries.texts.clear()
        return self.dispatch_messages(received)

    def dispatch_messages(self, received: Sequence[ReceivedMessage]) -> set[str]:
        """Has these dispatched. Answers those that failed."""
        deadline = self.clock.monotonic() + 60
        return asyncio.run(self.engine.dispatch(received, deadline=deadline))

    def next_bucket(self) -> None:
        """Passes the time until something is due, and has it tried."""
        bucket = min(moment for moment, _ in self.schedules.due)
        self.clock.moment = max(bucket, self.clock.moment)
        for moment, shard in sorted(self.schedules.due):
            if moment == bucket:
                self.redriver.redrive(moment, shard)
                self.schedules.due.remove((moment, shard))
        self.dispatch()

    def run_out(self) -> None:
        """Passes time until nothing is due any more."""
        while self.schedules.due:
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
            recovery=Recovery(queue=self.events, clock=self.clock, delay_seconds=0),
            tracks=tracks,
            secrets=self.secrets,
            dialects=self.dialects,
            endpoint_rules=endpoint_rules,
            clock=self.clock,
            ids=self.ids,
        )

    def _engine(self) -> Engine:
        recorder = Recorder(waiting=self._waiting, dialects=self.dialects, health=self.registry)
        recoverer = Recoverer(lists=Lists(self.ledger), waiting=self._waiting)
        planner = Planner(
            matching=Matching(self.registry, self.clock, timedelta(0)),
            ledger=self.ledger,
            recorder=recorder,
            recoverer=recoverer,
            dialects=self.dialects,
            clock=self.clock,
            claim=timedelta(seconds=90),
        )
        attempter = Attempter(dialects=self.dialects, sender=self.endpoint, secrets=self.secrets, clock=self.clock)
        return Engine(planner=planner, attempter=attempter, recorder=recorder, observer=Nobody(), clock=self.clock)


def api_event(method: str, path: str, headers: Mapping[str, str], body: str | None) -> dict[str, Any]:
    """A request as API Gateway's HTTP API tells it (payload format 2.0)."""
    path, _, query = path.partition("?")
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"content-type": "application/json", "host": "hooks.example.com"} | dict(headers),
        "queryStringParameters": dict(parse_qsl(query)),
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "request",
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }
