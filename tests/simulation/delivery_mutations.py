"""Deliberate faults in how deliveries are made, tried again and written down. As in `mutations.py`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from parcelhook.delivery.admission import Admission
from parcelhook.delivery.attempts import Attempter, AttemptResult, Work
from parcelhook.delivery.deliveries_planner import DeliveriesPlanner
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.events_planner import EventsPlanner
from parcelhook.delivery.lanes import Forwarded
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.policy import RetrySchedule
from parcelhook.delivery.record import Done, Recorded, RecordedFor, Recorder
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.waiting import Waiting
from parcelhook.messages import DeliveriesMessage, EventsMessage
from parcelhook.model.delivery import Delivery, RetryPolicy
from parcelhook.storage import keys
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.table import Values
from tests.simulation.alterations import Alterations
from tests.simulation.faults import ALL_DUE_TWICE
from tests.simulation.mutation import Mutation, as_kind, in_engine, with_part, with_recorder


def _with_waiting(engine: Engine, waiting: Waiting) -> Engine:
    engine = with_recorder(engine, replace(engine.recorder, waiting=waiting))
    return with_part(engine, ledger=waiting.ledger)


class ForgetfulRecorder(Recorder):
    """Says that all is well before anything is written, and does not mind when it is not."""

    def record(self, events: Sequence[RecordedFor], done: Sequence[Done]) -> Recorded:
        super().record(events, done)
        return Recorded(frozenset())


class NoSweep(Redriver):
    """Has no safety net."""

    def sweep(self) -> int:
        return 0


class Unseen(ReceivedMessage):
    """Was never received before, whatever the queue says."""

    def may_have_been_seen(self, since: datetime, now: datetime) -> bool:
        return False


class NewEveryTime(EventsPlanner):
    """Does not ask whether a message was received before."""

    def add(self, plan: Plan, received: ReceivedMessage, message: EventsMessage) -> None:
        super().add(plan, as_kind(Unseen, received), message)


class NewDeliveriesEveryTime(DeliveriesPlanner):
    """Does not ask whether a message was received before."""

    def add(self, plan: Plan, received: ReceivedMessage, message: DeliveriesMessage) -> None:
        super().add(plan, as_kind(Unseen, received), message)


class NotClaiming(DeliveriesPlanner):
    """Tries again without claiming."""

    def _claimed(self, delivery: Delivery) -> Delivery | None:
        return delivery


class Overwriting(Ledger):
    """Saves over whatever somebody else wrote meanwhile."""

    def save(self, delivery: Delivery) -> Delivery:
        saved = replace(delivery, version=delivery.version + 1)
        self.table.put_many([(keys.delivery(delivery.key), self._values(saved))])
        return saved


class OneMore(Recorder):
    """Counts attempts from nought."""

    def _settled(self, delivery: Delivery, done: Done) -> Delivery:
        policy = done.work.subscription.retry_policy or self.dialects.named(delivery.dialect).retry_policy
        more = RetryPolicy(attempts=policy.attempts + 1, interval=policy.interval)
        subscription = replace(done.work.subscription, retry_policy=more)
        return super()._settled(delivery, replace(done, work=replace(done.work, subscription=subscription)))


class Hasty(RetrySchedule):
    """Counts the interval from the beginning of an attempt, and a bucket too early."""

    def next_attempt(self, policy: RetryPolicy, ended: Any, retry_after: timedelta | None = None) -> Any:
        return super().next_attempt(policy, ended - self.buckets.width, retry_after)


class NotInTheIndex(Ledger):
    """Forgets the sparse index of what is due."""

    def _values(self, delivery: Delivery) -> Values:
        values = super()._values(delivery)
        return {name: value for name, value in values.items() if name not in {"due_pk", "due_sk"}}


class ForwardingUnwritten(Admission):
    """Forwards to the slow lane what is not in the ledger."""

    def set_aside(self, plan: Plan, message_id: str, delivery: Delivery) -> None:
        assert delivery.due_at
        plan.crossing.forwarded.append(Forwarded(message_id=message_id, key=delivery.key, due=delivery.due_at))


class Boastful(Attempter):
    """Says that every attempt succeeded."""

    async def attempt(self, work: Work) -> AttemptResult:
        from parcelhook.model.delivery import Outcome

        result = await super().attempt(work)
        return replace(result, outcome=Outcome.DELIVERED)


def _forget_records(engine: Engine) -> Engine:
    return with_recorder(engine, as_kind(ForgetfulRecorder, engine.recorder))


def _one_more(engine: Engine) -> Engine:
    return with_recorder(engine, as_kind(OneMore, engine.recorder))


def _in_ledger(kind: type[Ledger]) -> Callable[[Engine], Engine]:
    return lambda engine: _with_waiting(
        engine, replace(engine.recorder.waiting, ledger=as_kind(kind, engine.recorder.waiting.ledger))
    )


def _hasty(engine: Engine) -> Engine:
    waiting = engine.recorder.waiting
    return _with_waiting(engine, replace(waiting, retry_schedule=as_kind(Hasty, waiting.retry_schedule)))


def _look_nothing_up(engine: Engine) -> Engine:
    planner = engine.planner
    deliveries = as_kind(NewDeliveriesEveryTime, planner.deliveries)
    return with_part(engine, events=as_kind(NewEveryTime, planner.events), deliveries=deliveries)


def _claim_nothing(engine: Engine) -> Engine:
    return with_part(engine, deliveries=as_kind(NotClaiming, engine.planner.deliveries))


def _forward_unwritten(engine: Engine) -> Engine:
    return with_part(engine, admission=as_kind(ForwardingUnwritten, engine.planner.admission))


def _boast(engine: Engine) -> Engine:
    return replace(engine, attempter=as_kind(Boastful, engine.attempter))


DELIVERY_MUTATIONS = (
    Mutation(name="acknowledge before the record", alterations=in_engine(_forget_records), invariant="1", seed=0),
    Mutation(name="one attempt too many", alterations=in_engine(_one_more), invariant="1", seed=2),
    Mutation(name="lose the sparse index", alterations=in_engine(_in_ledger(NotInTheIndex)), invariant="1", seed=0),
    Mutation(name="try again too early", alterations=in_engine(_hasty), invariant="4", seed=1),
    Mutation(name="look nothing up", alterations=in_engine(_look_nothing_up), invariant="2", seed=6),
    Mutation(
        name="claim nothing",
        alterations=in_engine(_claim_nothing),
        invariant="4",
        seed=1,
        only=ALL_DUE_TWICE,
    ),
    Mutation(
        name="save without a condition",
        alterations=in_engine(_in_ledger(Overwriting)),
        invariant="8",
        seed=7,
        only=ALL_DUE_TWICE,
    ),
    Mutation(name="take failures for successes", alterations=in_engine(_boast), invariant="1", seed=0),
    Mutation(
        name="forget the safety net",
        alterations=Alterations(redriver=lambda own: as_kind(NoSweep, own)),
        invariant="1",
        seed=12,
    ),
    Mutation(
        name="forward what is not written",
        alterations=in_engine(_forward_unwritten),
        invariant="1",
        seed=0,
    ),
)
