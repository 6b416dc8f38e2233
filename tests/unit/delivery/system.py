"""Dispatch and retry as one system: a real ledger in moto, everything else in hand."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from parcelhook.delivery.attempts import Attempter
from parcelhook.delivery.endpoint_notes import EndpointNotes
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.lanes import Lanes
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.operational import OperationalEvents
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.planner import build_planner
from parcelhook.delivery.policy import Buckets, RetrySchedule
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.waiting import Waiting
from parcelhook.dialects import build_dialects
from parcelhook.dialects.base import Dialects
from parcelhook.erasure import Eraser
from parcelhook.messages import DeliveriesMessage, EventsMessage, Message
from parcelhook.model.account import Mode
from parcelhook.model.delivery import Delivery, DeliveryKey
from parcelhook.model.event import Event
from parcelhook.model.subscription import Subscription
from parcelhook.resources import LEDGER
from parcelhook.storage.erasures import Erasures
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.storage.trackings import Trackings
from tests import builders
from tests.cloud import Cloud
from tests.fakes import FakeQueue, FixedClock, ObservedClient
from tests.unit.delivery.fakes import (
    AttemptsSeen,
    FakeCircuitCount,
    FakeConditions,
    FakeHealth,
    FakeSchedules,
    FakeSecrets,
    FakeSender,
    FakeSubscriptions,
)

INTERVAL = timedelta(hours=2)
CLAIM = timedelta(seconds=90)
GRACE = timedelta(minutes=10)
RETRY_SCHEDULE = RetrySchedule(buckets=Buckets(width=timedelta(minutes=1), lead=timedelta(minutes=2)))


def known_dialects() -> Dialects:
    """With the vendors' own retry rule."""
    return build_dialects(resource_base_url="https://api.example.com", attempts=3, interval=INTERVAL)


@dataclass
class System:
    """One stage's dispatch and retry."""

    ledger: Ledger
    client: ObservedClient
    clock: FixedClock
    sender: FakeSender = field(default_factory=FakeSender)
    subscriptions: FakeSubscriptions = field(default_factory=FakeSubscriptions)
    schedules: FakeSchedules = field(default_factory=FakeSchedules)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    queue: FakeQueue = field(default_factory=FakeQueue)
    seen: AttemptsSeen = field(default_factory=AttemptsSeen)
    circuits: FakeCircuitCount = field(default_factory=FakeCircuitCount)
    health: FakeHealth = field(default_factory=FakeHealth)
    conditions: FakeConditions = field(default_factory=FakeConditions)
    events: FakeQueue = field(default_factory=FakeQueue)
    slow: FakeQueue = field(default_factory=FakeQueue)
    fast_budget: timedelta = timedelta(seconds=3)
    dialects: Dialects = field(default_factory=known_dialects)

    @property
    def waiting(self) -> Waiting:
        return Waiting(ledger=self.ledger, schedules=self.schedules, retry_schedule=RETRY_SCHEDULE, clock=self.clock)

    @property
    def recorder(self) -> Recorder:
        operational = OperationalEvents(
            matching=Matching(self.subscriptions, self.clock, timedelta(seconds=5)), queue=self.events, clock=self.clock
        )
        notes = EndpointNotes(
            conditions=self.conditions,
            dialects=self.dialects,
            clock=self.clock,
            fast_budget=self.fast_budget,
            observer=operational,
            count=self.circuits,
        )
        return Recorder(
            waiting=self.waiting,
            dialects=self.dialects,
            health=self.health,
            endpoints=notes,
            operational=operational,
            observer=self.seen,
        )

    @property
    def lanes(self) -> Lanes:
        return Lanes(
            limits=self.conditions,
            queue=self.slow,
            dialects=self.dialects,
            retry_schedule=RETRY_SCHEDULE,
            clock=self.clock,
            ids=builders.IDS,
            claim=CLAIM,
        )

    @property
    def engine(self) -> Engine:
        """A worker that remembers nothing."""
        recoverer = Recoverer(
            rows=RecoveryRows(self.ledger),
            recoverable=Recoverable(self.ledger),
            waiting=self.waiting,
            queue=self.queue,
        )
        eraser = Eraser(
            ledger=self.ledger,
            erasures=Erasures(self.ledger),
            trackings=Trackings(table=self.ledger.table, clock=self.clock, days=self.ledger.days),
            clock=self.clock,
        )
        planner = build_planner(
            matching=Matching(self.subscriptions, self.clock, timedelta(seconds=5)),
            ledger=self.ledger,
            recorder=self.recorder,
            recoverer=recoverer,
            eraser=eraser,
            dialects=self.dialects,
            clock=self.clock,
            claim=CLAIM,
            lanes=self.lanes,
        )
        attempter = Attempter(dialects=self.dialects, sender=self.sender, secrets=self.secrets, clock=self.clock)
        return Engine(
            planner=planner, attempter=attempter, recorder=self.recorder, observer=self.seen, clock=self.clock
        )

    @property
    def redriver(self) -> Redriver:
        return Redriver(waiting=self.waiting, queue=self.queue, grace=GRACE)

    def dispatch(self, *received: ReceivedMessage, seconds: float = 60.0) -> set[str]:
        """Runs a worker over a batch; answers which messages come again."""
        return asyncio.run(self.dispatching(*received, seconds=seconds))

    async def dispatching(self, *received: ReceivedMessage, seconds: float = 60.0) -> set[str]:
        return await self.engine.dispatch(received, deadline=self.clock.monotonic() + seconds)

    def subscribe(self, **members: object) -> Subscription:
        """A new subscription of ShipEngine's to tracking updates."""
        subscription = builders.subscription(**members)
        self.subscriptions.subscriptions.append(subscription)
        return subscription

    def delivery(self, key: DeliveryKey) -> Delivery:
        return self.ledger.delivery(key)

    def writes(self) -> list[str]:
        """Which writing calls DynamoDB had."""
        return [call.operation for call in self.client.calls if "write" in call.operation or "put" in call.operation]


def build_system(cloud: Cloud) -> System:
    """With an empty ledger."""
    table, client = cloud.table(LEDGER)
    clock = FixedClock()
    return System(ledger=Ledger(table=table, clock=clock, days=30, shards=1), client=client, clock=clock)


def events_message(*events: Event, number: int = 1, receive_count: int = 1) -> ReceivedMessage:
    message = EventsMessage(account_id=builders.ACCOUNT, mode=Mode.LIVE, events=events)
    return received(message, number=number, receive_count=receive_count)


def due_message(due: datetime, *keys: DeliveryKey, number: int = 1, receive_count: int = 1) -> ReceivedMessage:
    message = DeliveriesMessage(account_id=builders.ACCOUNT, mode=Mode.LIVE, due=due, deliveries=keys)
    return received(message, number=number, receive_count=receive_count)


def received(message: Message, *, number: int = 1, receive_count: int = 1) -> ReceivedMessage:
    return ReceivedMessage(id=f"message-{number}", message=message, receive_count=receive_count)


def key_of(event: Event, subscription: Subscription) -> DeliveryKey:
    return builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription.id)
