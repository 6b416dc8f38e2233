"""Deliberate faults, each of which the simulation must find: what proves that its checks can fail.

A mutation replaces a part of the system with one that is wrong, as somebody might write it by mistake. Nothing on disk
is changed. Each says which invariant finds it, and in the life of which seed; where changes to the code gave that seed
another life, `python -m tests.simulation.search` finds new ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from parcelhook.delivery.admission import Admission
from parcelhook.delivery.attempts import Attempter, AttemptResult, Work
from parcelhook.delivery.deliveries_planner import DeliveriesPlanner
from parcelhook.delivery.endpoint_notes import EndpointNotes
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.events_planner import EventsPlanner
from parcelhook.delivery.lanes import Forwarded, Lanes
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.plan import Plan, ReceivedMessage
from parcelhook.delivery.policy import RetrySchedule
from parcelhook.delivery.record import Done, Recorded, RecordedFor, Recorder
from parcelhook.delivery.redrive import Redriver
from parcelhook.delivery.waiting import Waiting
from parcelhook.messages import DeliveriesMessage, EventsMessage
from parcelhook.model.delivery import Attempt, Delivery, RetryPolicy
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.services.api import ApiServices
from parcelhook.storage import keys
from parcelhook.storage.endpoint_conditions import EndpointConditions
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import Lists
from parcelhook.storage.registry import Registry, rows_of
from parcelhook.storage.subscription_items import from_subscription
from parcelhook.storage.table import Values
from tests.simulation.faults import ALL_DUE_TWICE, Faults
from tests.simulation.world import Alterations


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A fault, and where it shows."""

    name: str
    alterations: Alterations
    invariant: str
    seed: int
    """Whose life catches it."""
    only: Faults | None = None
    """What goes wrong in that life, where it is not what the seed draws."""


def as_kind(kind: type[Any], whole: Any, **members: Any) -> Any:
    """`whole` as a `kind`, which is its own class with something changed."""
    own = {each.name: getattr(whole, each.name) for each in fields(whole) if each.init}
    return kind(**(own | members))


def with_part(engine: Engine, **part: Any) -> Engine:
    """`engine` with a part of its planner replaced, in the planners of single kinds of messages too."""
    planner = engine.planner
    own = {name: _with(getattr(planner, name), part) for name in ("events", "deliveries", "manual")}
    return replace(engine, planner=_with(replace(planner, **own), part))


def _with(whole: Any, part: dict[str, Any]) -> Any:
    names = {each.name for each in fields(whole)}
    return replace(whole, **{name: value for name, value in part.items() if name in names})


def with_recorder(engine: Engine, recorder: Recorder) -> Engine:
    return replace(with_part(engine, recorder=recorder), recorder=recorder)


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


class Remembering(Matching):
    """Remembers for ever who wants what."""

    def _may_serve(self, remembered: Any, since: Any) -> bool:
        return True


class Credulous(Matching):
    """Takes it from what is remembered, however old, that a subscription is gone."""

    def subscription(self, delivery: Delivery, *, since: datetime | None = None) -> Subscription | None:
        key = delivery.key
        place = (key.account_id, key.mode, delivery.event_type)
        remembered = self._lists.get(place)
        found = remembered.subscriptions if remembered else self.subscriptions(*place, since=since)
        return next((each for each in found if each.id == key.subscription_id), None)


class NoEnd(Registry):
    """Counts failures beyond the number that disables."""

    def note_failure(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> bool:
        return super().note_failure(subscription, slot, response, limit=limit + 1)


class NeverAnew(Registry):
    """Does not begin the count of failures anew."""

    def note_success(self, subscription: Subscription, slot: Slot, response: Health, *, limit: int) -> None:
        return


class Displacing(Registry):
    """Writes a subscription over the one that its event has."""

    def add_subscription(self, subscription: Subscription, slot: Slot) -> None:
        rows = rows_of(subscription, slot)
        self.table.put_many((key, from_subscription(subscription)) for key in rows)


class ForwardingUnwritten(Admission):
    """Forwards to the slow lane what is not in the ledger."""

    def set_aside(self, plan: Plan, message_id: str, delivery: Delivery) -> None:
        assert delivery.due_at
        plan.crossing.forwarded.append(Forwarded(message_id=message_id, key=delivery.key, due=delivery.due_at))


class Impatient(Lanes):
    """Counts it as an attempt that a circuit was found open."""

    def waiting(self, delivery: Delivery, subscription: Subscription) -> Delivery:
        waiting = super().waiting(delivery, subscription)
        attempt = Attempt(number=delivery.next_attempt_number, at=self.clock.now(), duration_ms=0, error="circuit")
        return replace(waiting, attempts=(*waiting.attempts, attempt))


class NeverClosing(EndpointConditions):
    """Leaves a circuit open whatever a probe says."""

    def close(self, subscription: Subscription, slot: Slot, now: datetime) -> bool:
        return False


class ForeignLists(Lists):
    """Lists whatever account was asked for first."""

    seen: list[tuple[str, Any]] = []  # noqa: RUF012 - shared by all on purpose: that is the fault

    def deliveries(self, account_id: str, mode: Any, *arguments: Any, **named: Any) -> Any:
        self.seen.append((account_id, mode))
        return super().deliveries(*self.seen[0], *arguments, **named)


class Boastful(Attempter):
    """Says that every attempt succeeded."""

    async def attempt(self, work: Work) -> AttemptResult:
        from parcelhook.model.delivery import Outcome

        result = await super().attempt(work)
        return replace(result, outcome=Outcome.DELIVERED)


def in_engine(change: Callable[[Engine], Engine]) -> Alterations:
    return Alterations(engine=change)


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


def _in_registry(kind: type[Registry]) -> Callable[[Engine], Engine]:
    def change(engine: Engine) -> Engine:
        registry = engine.recorder.health
        assert isinstance(registry, Registry)
        return with_recorder(engine, replace(engine.recorder, health=as_kind(kind, registry)))

    return change


def _look_nothing_up(engine: Engine) -> Engine:
    planner = engine.planner
    deliveries = as_kind(NewDeliveriesEveryTime, planner.deliveries)
    return with_part(engine, events=as_kind(NewEveryTime, planner.events), deliveries=deliveries)


def _claim_nothing(engine: Engine) -> Engine:
    return with_part(engine, deliveries=as_kind(NotClaiming, engine.planner.deliveries))


def _in_matching(kind: type[Matching]) -> Callable[[Engine], Engine]:
    def change(engine: Engine) -> Engine:
        own = engine.planner.matching
        matching = kind(own.source, own.clock, own.remember)
        operational = replace(engine.recorder.operational, matching=matching)
        return with_part(with_recorder(engine, replace(engine.recorder, operational=operational)), matching=matching)

    return change


def _impatient(engine: Engine) -> Engine:
    own = engine.planner.admission
    return with_part(engine, admission=replace(own, lanes=as_kind(Impatient, own.lanes)))


def _forward_unwritten(engine: Engine) -> Engine:
    return with_part(engine, admission=as_kind(ForwardingUnwritten, engine.planner.admission))


def _never_closing(engine: Engine) -> Engine:
    notes = engine.recorder.endpoints
    conditions = notes.conditions
    assert isinstance(conditions, EndpointConditions)
    own = as_kind(EndpointNotes, notes, conditions=as_kind(NeverClosing, conditions))
    return with_recorder(engine, replace(engine.recorder, endpoints=own))


def _boast(engine: Engine) -> Engine:
    return replace(engine, attempter=as_kind(Boastful, engine.attempter))


def in_services(**kinds: type[Any]) -> Callable[[ApiServices], ApiServices]:
    def change(services: ApiServices) -> ApiServices:
        return replace(services, **{name: as_kind(kind, getattr(services, name)) for name, kind in kinds.items()})

    return change


MUTATIONS = (
    Mutation(name="acknowledge before the record", alterations=in_engine(_forget_records), invariant="1", seed=0),
    Mutation(name="one attempt too many", alterations=in_engine(_one_more), invariant="1", seed=2),
    Mutation(name="lose the sparse index", alterations=in_engine(_in_ledger(NotInTheIndex)), invariant="1", seed=0),
    Mutation(name="try again too early", alterations=in_engine(_hasty), invariant="4", seed=1),
    Mutation(name="disable one failure too late", alterations=in_engine(_in_registry(NoEnd)), invariant="6", seed=20),
    Mutation(
        name="a success does not reset the count",
        alterations=in_engine(_in_registry(NeverAnew)),
        invariant="6",
        seed=0,
    ),
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
    Mutation(name="remember for ever", alterations=in_engine(_in_matching(Remembering)), invariant="3", seed=3),
    Mutation(
        name="believe that a subscription is gone",
        alterations=in_engine(_in_matching(Credulous)),
        invariant="1",
        seed=19,
    ),
    Mutation(name="take failures for successes", alterations=in_engine(_boast), invariant="1", seed=0),
    Mutation(
        name="forget the safety net",
        alterations=Alterations(redriver=lambda own: as_kind(NoSweep, own)),
        invariant="1",
        seed=12,
    ),
    Mutation(
        name="list what is somebody else's",
        alterations=Alterations(services=in_services(lists=ForeignLists)),
        invariant="7",
        seed=0,
    ),
    Mutation(
        name="overwrite the one subscription",
        alterations=Alterations(services=in_services(registry=Displacing)),
        invariant="5",
        seed=0,
    ),
    Mutation(
        name="forward what is not written",
        alterations=in_engine(_forward_unwritten),
        invariant="1",
        seed=0,
    ),
    Mutation(name="an open circuit uses up attempts", alterations=in_engine(_impatient), invariant="8", seed=0),
    Mutation(name="a probe never closes", alterations=in_engine(_never_closing), invariant="9", seed=13),
)
