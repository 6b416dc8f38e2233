"""Deliberate faults in what is known of subscriptions and their endpoints. As in `mutations.py`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from parcelhook.delivery.endpoint_notes import EndpointNotes
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.lanes import Lanes
from parcelhook.delivery.matching import Matching
from parcelhook.model.delivery import Attempt, Delivery
from parcelhook.model.subscription import Health, Slot, Subscription
from parcelhook.storage.endpoint_conditions import EndpointConditions
from parcelhook.storage.lists import Lists
from parcelhook.storage.registry import Registry, rows_of
from parcelhook.storage.subscription_items import from_subscription
from tests.simulation.alterations import Alterations
from tests.simulation.mutation import Mutation, as_kind, in_engine, in_services, with_part, with_recorder


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


def _in_registry(kind: type[Registry]) -> Callable[[Engine], Engine]:
    def change(engine: Engine) -> Engine:
        registry = engine.recorder.health
        assert isinstance(registry, Registry)
        return with_recorder(engine, replace(engine.recorder, health=as_kind(kind, registry)))

    return change


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


def _never_closing(engine: Engine) -> Engine:
    notes = engine.recorder.endpoints
    conditions = notes.conditions
    assert isinstance(conditions, EndpointConditions)
    own = as_kind(EndpointNotes, notes, conditions=as_kind(NeverClosing, conditions))
    return with_recorder(engine, replace(engine.recorder, endpoints=own))


SUBSCRIPTION_MUTATIONS = (
    Mutation(name="disable one failure too late", alterations=in_engine(_in_registry(NoEnd)), invariant="6", seed=20),
    Mutation(
        name="a success does not reset the count",
        alterations=in_engine(_in_registry(NeverAnew)),
        invariant="6",
        seed=0,
    ),
    Mutation(name="remember for ever", alterations=in_engine(_in_matching(Remembering)), invariant="3", seed=3),
    Mutation(
        name="believe that a subscription is gone",
        alterations=in_engine(_in_matching(Credulous)),
        invariant="1",
        seed=19,
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
    Mutation(name="an open circuit uses up attempts", alterations=in_engine(_impatient), invariant="8", seed=0),
    Mutation(name="a probe never closes", alterations=in_engine(_never_closing), invariant="9", seed=13),
)
