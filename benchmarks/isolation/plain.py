"""One plain queue: the same engine without a slow lane, a circuit, or anything known of endpoints.

A worker that is held simply waits.
"""

from collections.abc import Sequence
from dataclasses import fields, replace

from parcelhook.delivery.attempts import Work
from parcelhook.delivery.endpoint_notes import EndpointNotes, Tried
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.lanes import Crossing, Lanes, Later, Way
from parcelhook.model.delivery import Delivery
from parcelhook.model.subscription import Subscription


class OneLane(Lanes):
    """Everything goes at once."""

    def way(self, delivery: Delivery, subscription: Subscription, *, slow: bool) -> Way:
        return Way.AT_ONCE

    def pace(self, crossing: Crossing, works: Sequence[Work]) -> tuple[list[Work], list[Later]]:
        return list(works), []


class NoNotes(EndpointNotes):
    """Nothing is noted."""

    def is_slow(self, subscription: Subscription) -> None:
        return

    def note(self, tried: Sequence[Tried]) -> None:
        return


def plain(engine: Engine) -> Engine:
    """`engine` with one lane."""
    planner = engine.planner
    lanes = planner.admission.lanes
    notes = engine.recorder.endpoints
    one = OneLane(**{each.name: getattr(lanes, each.name) for each in fields(Lanes)})
    silent = NoNotes(**{each.name: getattr(notes, each.name) for each in fields(EndpointNotes) if each.init})
    recorder = replace(engine.recorder, endpoints=silent)
    admission = replace(planner.admission, lanes=one)
    planner = replace(
        planner,
        admission=admission,
        events=replace(planner.events, admission=admission, recorder=recorder),
        deliveries=replace(planner.deliveries, admission=admission, recorder=recorder),
    )
    return replace(engine, planner=planner, recorder=recorder, backlog=None)


def unchanged(engine: Engine) -> Engine:
    """As it is."""
    return engine
