"""Deliberate faults in what users ask for about what is published. As in `mutations.py`."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from parcelhook.delivery.attempts import Attempter
from parcelhook.delivery.backlog import SqsBacklog
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.operational import OperationalEvents
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.planner import Planner
from parcelhook.delivery.recover import Recoverer
from parcelhook.erasure import Eraser, ErasureRequests
from parcelhook.errors import UnavailableError
from parcelhook.messages import ManualRetryMessage, RecoverMessage
from parcelhook.model.account import Principal
from parcelhook.model.delivery import Delivery, DeliveryKey
from parcelhook.model.event import Event, EventKey
from parcelhook.model.recovery import Recovery, RecoveryKey, RecoveryState
from parcelhook.model.subscription import Subscription
from parcelhook.publishing import Draft, Publisher
from parcelhook.services.api import ApiServices
from parcelhook.services.ingest import IngestServices
from parcelhook.storage.ledger_items import EventRecord
from parcelhook.storage.recoveries import RecoveryRows
from tests.simulation.alterations import Alterations
from tests.simulation.faults import Faults
from tests.simulation.mutation import Mutation, as_kind, in_engine, with_part, with_recorder


class Swallowing(Planner):
    """Drops a manual retry whose delivery is being tried."""

    def add(self, plan: Plan, received: ReceivedMessage) -> None:
        failed = set(plan.failed)
        super().add(plan, received)
        if isinstance(received.message, ManualRetryMessage):
            plan.failed &= failed


class Insistent(Planner):
    """Makes a manual retry again whenever its message comes again."""

    def _add_manual(self, plan: Plan, received: ReceivedMessage, message: ManualRetryMessage) -> None:
        manual_id = f"{message.manual_id}-{received.receive_count}"
        super()._add_manual(plan, received, replace(message, manual_id=manual_id))


class Forgetful(Recoverer):
    """Does not remember what it has recovered already."""

    def wanted(self, key: RecoveryKey, due: datetime, deliveries: Iterable[Delivery]) -> list[Delivery]:
        rows = as_kind(AskedForJustNow, self.rows)
        return Recoverer.wanted(as_kind(Recoverer, self, rows=rows), key, due, deliveries)


class AskedForJustNow(RecoveryRows):
    """Takes every recovery for one that was asked for at this moment."""

    def recovery(self, key: RecoveryKey) -> Recovery:
        return replace(super().recovery(key), created_at=self.ledger.clock.now())


class Hurried(Recoverer):
    """Writes down that a page is queued, and then queues it."""

    def recover(self, message: RecoverMessage) -> None:
        queue = Later()
        as_kind(Recoverer, self, queue=queue).recover(message)
        for each, delay_seconds in queue.sent:
            self.queue.send(each, delay_seconds=delay_seconds)


class Later:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, int]] = []

    def send(self, message: Any, *, delay_seconds: int = 0) -> None:
        self.sent.append((message, delay_seconds))

    def send_many(self, messages: Sequence[Any]) -> None:
        self.sent += [(message, 0) for message in messages]


class Unstoppable(RecoveryRows):
    """Takes a recovery that was cancelled for one that runs."""

    def recovery(self, key: RecoveryKey) -> Recovery:
        found = super().recovery(key)
        if found.state is not RecoveryState.CANCELLED:
            return found
        return replace(found, state=RecoveryState.RUNNING, due_at=found.created_at)


class Superficial(Eraser):
    """Erases the event, and leaves what endpoints answered and what waits."""

    def _erase_delivery(self, key: DeliveryKey) -> bool:
        return False


class OnlyOnce(ErasureRequests):
    """Erases at once, and does not come back."""

    def ask(self, key: EventKey, record: EventRecord | None) -> None:
        as_kind(ErasureRequests, self, queue=Later()).ask(key, record)


class Hopeful(Publisher):
    """Takes what the queue would not take for published."""

    def publish(self, principal: Principal, drafts: Sequence[Draft]) -> list[Event]:
        with suppress(UnavailableError):
            return super().publish(principal, drafts)
        return []


class Greedy(SqsBacklog):
    """Takes messages out of the queue before they are handled."""

    def receive(self) -> list[ReceivedMessage]:
        received = super().receive()
        super().handled([each.id for each in received])
        return received

    def handled(self, ids: Sequence[str]) -> None:
        return


class Abrupt(Attempter):
    """Signs with the newest secret only."""

    def _signing_secrets(self, subscription: Subscription) -> Sequence[bytes]:
        return super()._signing_secrets(subscription)[:1]


class Silent(OperationalEvents):
    """Tells of nothing that was given up."""

    def discarded(self, delivery: Delivery) -> None:
        return


def _in_planner(kind: type[Planner]) -> Alterations:
    return in_engine(lambda engine: replace(engine, planner=as_kind(kind, engine.planner)))


def _in_recoverer(kind: type[Recoverer] = Recoverer, rows: type[RecoveryRows] = RecoveryRows) -> Alterations:
    def altered(engine: Engine) -> Engine:
        own = engine.planner.recoverer
        return with_part(engine, recoverer=as_kind(kind, own, rows=as_kind(rows, own.rows)))

    return in_engine(altered)


def _superficial(engine: Engine) -> Engine:
    return with_part(engine, eraser=as_kind(Superficial, engine.planner.eraser))


def _superficial_api(services: ApiServices) -> ApiServices:
    own = services.erasure_requests
    return replace(services, erasure_requests=replace(own, eraser=as_kind(Superficial, own.eraser)))


def _only_once(services: ApiServices) -> ApiServices:
    return replace(services, erasure_requests=as_kind(OnlyOnce, services.erasure_requests))


def _hopeful(services: IngestServices) -> IngestServices:
    return replace(services, publisher=as_kind(Hopeful, services.publisher))


def _greedy(engine: Engine) -> Engine:
    own = engine.backlog
    assert isinstance(own, SqsBacklog)
    return replace(engine, backlog=Greedy(own.client, own.url))


def _abrupt(engine: Engine) -> Engine:
    return replace(engine, attempter=as_kind(Abrupt, engine.attempter))


def _silent(engine: Engine) -> Engine:
    own = engine.recorder
    return with_recorder(engine, replace(own, operational=as_kind(Silent, own.operational)))


# For faults that show only where a worker dies between two certain calls.
_DEADLY = Faults(death=0.04)

PROMISE_MUTATIONS = (
    Mutation(name="swallow a manual retry", alterations=_in_planner(Swallowing), invariant="10", seed=711),
    Mutation(name="make a manual retry again", alterations=_in_planner(Insistent), invariant="10", seed=0),
    Mutation(name="recover what was recovered", alterations=_in_recoverer(kind=Forgetful), invariant="11", seed=13),
    Mutation(
        name="write down a page before it",
        alterations=_in_recoverer(kind=Hurried),
        invariant="11",
        seed=120,
        only=_DEADLY,
    ),
    Mutation(name="never cancel", alterations=_in_recoverer(rows=Unstoppable), invariant="11", seed=4),
    Mutation(
        name="erase nothing but the event",
        alterations=Alterations(engine=_superficial, services=_superficial_api),
        invariant="12",
        seed=0,
    ),
    Mutation(name="erase only once", alterations=Alterations(services=_only_once), invariant="12", seed=107),
    Mutation(name="sign with one secret", alterations=in_engine(_abrupt), invariant="13", seed=0),
    Mutation(name="let in before it is queued", alterations=Alterations(ingest=_hopeful), invariant="14", seed=6),
    Mutation(name="tell of nothing", alterations=in_engine(_silent), invariant="15", seed=0),
    Mutation(name="take before it is handled", alterations=in_engine(_greedy), invariant="1", seed=7),
)
