"""Which way a delivery takes: at once, by the slow lane, in its turn, or later.

Healthy endpoints without a limit cost nothing here: what decides was read with their subscription.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.delivery.attempts import Work
from parcelhook.delivery.policy import RetrySchedule
from parcelhook.dialects.base import Dialects, has_circuit, retry_policy
from parcelhook.ids import Ids
from parcelhook.messages import DeliveriesMessage
from parcelhook.model.circuit import CLOSED, Circuit, CircuitState, waits_until
from parcelhook.model.delivery import Delivery, DeliveryKey
from parcelhook.model.subscription import Slot, Subscription
from parcelhook.queues import Queue
from parcelhook.storage.table import in_parts
from parcelhook.values import value

KEYS_IN_A_MESSAGE = 25
MOST_SLOW_WORKS = 256
"""So many attempts may one batch of the slow lane come to: two rounds of parallel POSTs. The rest goes back."""

# When a forwarded delivery whose message got lost is found again.
_SAFETY_NET = timedelta(minutes=15)
_LONGEST_SAFETY_NET = timedelta(hours=24)
# A probe has its dialect's time, and so much to be recorded.
_PROBE_MARGIN = timedelta(seconds=30)
# A turn that comes so soon is waited for in the worker.
_WAITED_FOR = timedelta(seconds=1)
# The longest that a queue may hold a message back.
_LONGEST_DELAY = timedelta(seconds=900)
_LEASE_PAUSE_SECONDS = 5
_WORKS_IN_A_LEASE = 20


class Way(Enum):
    """Where a delivery goes."""

    AT_ONCE = auto()
    SLOW_LANE = auto()
    PROBE = auto()
    """At once, if nobody else is finding out about this endpoint."""
    WAIT = auto()


class Limits(Protocol):
    """What workers must agree on before they send. All raise `UnavailableError`."""

    def claim_probe(self, subscription: Subscription, slot: Slot, now: datetime, until: datetime) -> bool:
        """Whether the caller is the one who probes."""
        ...

    def take_slots(
        self, subscription: Subscription, slot: Slot, wanted: int, *, rate: float, now: datetime, horizon: timedelta
    ) -> tuple[datetime, ...]:
        """When up to `wanted` deliveries may be sent."""
        ...

    def take_leases(
        self,
        subscription: Subscription,
        slot: Slot,
        names: tuple[str, ...],
        *,
        most: int,
        now: datetime,
        until: datetime,
    ) -> tuple[str, ...]:
        """Those of `names` that are free to be held, with `most` held by anybody."""
        ...

    def release_leases(self, subscription: Subscription, slot: Slot, names: tuple[str, ...]) -> None:
        """Gives them back."""
        ...


@value(kw_only=True)
class Forwarded:
    """A delivery that goes into the queue of the slow lane once it is recorded."""

    message_id: str
    key: DeliveryKey
    due: datetime
    delay_seconds: int = 0
    paced: bool = False


@value(kw_only=True)
class Later:
    """A delivery whose turn is not now: as it is to be saved, and how it is forwarded."""

    delivery: Delivery
    forwarded: Forwarded


@dataclass(slots=True)
class Crossing:
    """What one batch did about lanes."""

    forwarded: list[Forwarded] = field(default_factory=list)
    probes: dict[str, bool] = field(default_factory=dict)
    """Whose probe this batch wanted, by subscription, and whether it may."""
    turns: dict[str, int] = field(default_factory=dict)
    """How many POSTs at once a subscription may get from this batch."""
    leases: list[tuple[Subscription, tuple[str, ...]]] = field(default_factory=list)


@collaborator(kw_only=True)
class Lanes:
    """Decides, and forwards."""

    limits: Limits
    queue: Queue
    dialects: Dialects
    retry_schedule: RetrySchedule
    clock: Clock
    ids: Ids
    claim: timedelta
    """How long a worker may take over its batch."""

    def way(self, delivery: Delivery, subscription: Subscription, *, slow: bool) -> Way:
        """Which way a delivery takes. What is in the slow lane already (`slow`) is not forwarded again."""
        now, circuit = self.clock.now(), self._circuit(subscription)
        state = circuit.state(now)
        must_be_tried = self._waited_an_interval(delivery, subscription, now)
        if state is CircuitState.OPEN and not must_be_tried:
            return Way.WAIT
        if not slow:
            set_aside = subscription.slow_since is not None or circuit.is_suspicious
            return Way.SLOW_LANE if set_aside else Way.AT_ONCE
        return Way.PROBE if state is CircuitState.HALF_OPEN and not must_be_tried else Way.AT_ONCE

    def may_probe(self, crossing: Crossing, subscription: Subscription) -> bool:
        """Whether this delivery is the one that finds out. Raises `UnavailableError`."""
        if subscription.id in crossing.probes:
            return False
        dialect, now = self.dialects.named(subscription.dialect), self.clock.now()
        until = now + timedelta(seconds=dialect.timeout_seconds) + _PROBE_MARGIN
        won = self.limits.claim_probe(subscription, dialect.slot, now, until)
        crossing.probes[subscription.id] = won
        return won

    def waiting(self, delivery: Delivery, subscription: Subscription) -> Delivery:
        """`delivery`, due when its endpoint's circuit is looked at again."""
        now, interval = self.clock.now(), retry_policy(self.dialects, subscription).interval
        circuit, since = self._circuit(subscription), delivery.deferred_since or now
        # Whoever probes will soon know; there is no reason to be patient.
        probed = circuit.state(now) is CircuitState.HALF_OPEN
        moment = now if probed else waits_until(circuit, since, now, interval)
        return delivery.deferred_by_circuit(self.retry_schedule.buckets.holding(moment, now), now)

    def set_aside(self, delivery: Delivery, subscription: Subscription) -> Delivery:
        """`delivery`, due only if its message in the slow lane should get lost.

        The longer it waits already, the later: a queue that is late must not be filled with the same deliveries again.
        """
        now = self.clock.now()
        since = delivery.attempts[-1].ended_at if delivery.attempts else delivery.created_at
        interval = retry_policy(self.dialects, subscription).interval
        wait = min(max(min(_SAFETY_NET, interval), now - since), _LONGEST_SAFETY_NET)
        return delivery.set_aside(self.retry_schedule.buckets.holding(now + wait, now), now)

    def pace(self, crossing: Crossing, works: Sequence[Work]) -> tuple[list[Work], list[Later]]:
        """The works that may be sent now, some with the moment of their turn, and those that are sent later.

        Raises `UnavailableError`.
        """
        limited: defaultdict[str, list[Work]] = defaultdict(list)
        free: list[Work] = []
        for work in works:
            # What a person asks for by hand is sent at once.
            is_limited = work.manual_id is None and self._is_limited(work.subscription)
            (limited[work.subscription.id] if is_limited else free).append(work)
        later: list[Later] = []
        for own in limited.values():
            leased, unleased = self._leased(crossing, own)
            now_or_soon, in_turn = self._in_turn(leased)
            free += now_or_soon
            later += unleased + in_turn
        return free, later

    def send(self, forwarded: Iterable[Forwarded]) -> None:
        """Queues what was forwarded. Raises `UnavailableError`."""
        groups: defaultdict[tuple[object, ...], list[Forwarded]] = defaultdict(list)
        for each in forwarded:
            groups[each.key.account_id, each.key.mode, each.due, each.delay_seconds, each.paced].append(each)
        for own in groups.values():
            for part in in_parts(own, KEYS_IN_A_MESSAGE):
                first = part[0]
                message = DeliveriesMessage(
                    account_id=first.key.account_id,
                    mode=first.key.mode,
                    due=first.due,
                    deliveries=tuple(each.key for each in part),
                    slow=True,
                    paced=first.paced,
                )
                self.queue.send(message, delay_seconds=first.delay_seconds)

    def release(self, crossing: Crossing) -> None:
        """Gives back what was leased. Raises `UnavailableError`; leases end by themselves too."""
        for subscription, names in crossing.leases:
            self.limits.release_leases(subscription, self._slot(subscription), names)

    def _circuit(self, subscription: Subscription) -> Circuit:
        return subscription.circuit if has_circuit(self.dialects.named(subscription.dialect)) else CLOSED

    def _waited_an_interval(self, delivery: Delivery, subscription: Subscription, now: datetime) -> bool:
        since = delivery.deferred_since
        return since is not None and now >= since + retry_policy(self.dialects, subscription).interval

    def _is_limited(self, subscription: Subscription) -> bool:
        limit = subscription.rate_limit
        return (limit is not None and limit.concurrency is not None) or self._rate(subscription) is not None

    def _rate(self, subscription: Subscription) -> float | None:
        """Deliveries a second that the subscriber allows, or that are good for an endpoint which was down."""
        interval = retry_policy(self.dialects, subscription).interval
        drain = self._circuit(subscription).drain_rate(self.clock.now(), interval)
        own = subscription.rate_limit.per_second if subscription.rate_limit else None
        rates = [rate for rate in (drain, own) if rate is not None]
        return min(rates) if rates else None

    def _leased(self, crossing: Crossing, works: list[Work]) -> tuple[list[Work], list[Later]]:
        subscription = works[0].subscription
        most = subscription.rate_limit.concurrency if subscription.rate_limit else None
        if most is None:
            return works, []
        names = tuple(self.ids.lower_text(8) for _ in range(min(most, len(works))))
        now = self.clock.now()
        slot = self._slot(subscription)
        held = self.limits.take_leases(subscription, slot, names, most=most, now=now, until=now + self.claim)
        if held:
            crossing.leases.append((subscription, held))
            crossing.turns[subscription.id] = len(held)
        count = len(held) * _WORKS_IN_A_LEASE
        return works[:count], [self._later(work, _LEASE_PAUSE_SECONDS, paced=work.paced) for work in works[count:]]

    def _in_turn(self, works: list[Work]) -> tuple[list[Work], list[Later]]:
        unpaced = [work for work in works if not work.paced]
        rate = self._rate(works[0].subscription) if works else None
        if rate is None or not unpaced:
            return works, []
        subscription, now = works[0].subscription, self.clock.now()
        moments = self.limits.take_slots(
            subscription, self._slot(subscription), len(unpaced), rate=rate, now=now, horizon=_LONGEST_DELAY
        )
        at_once = [work for work in works if work.paced]
        later: list[Later] = []
        for work, moment in zip(unpaced, moments, strict=False):
            if moment - now <= _WAITED_FOR:
                at_once.append(replace(work, not_before=moment))
            else:
                later.append(self._later(work, int((moment - now).total_seconds()), paced=True))
        # Their turn is too far ahead for a queue to wait for, so they come again and ask again.
        delay = int(_LONGEST_DELAY.total_seconds())
        later += [self._later(work, delay, paced=False) for work in unpaced[len(moments) :]]
        return at_once, later

    def _later(self, work: Work, delay_seconds: int, *, paced: bool) -> Later:
        now = self.clock.now()
        aside = self.set_aside(work.delivery, work.subscription)
        due = self.retry_schedule.buckets.holding((aside.due_at or now) + timedelta(seconds=delay_seconds), now)
        forwarded = Forwarded(
            message_id=work.message_id, key=work.delivery.key, due=due, delay_seconds=delay_seconds, paced=paced
        )
        return Later(delivery=work.delivery.set_aside(due, now), forwarded=forwarded)

    def _slot(self, subscription: Subscription) -> Slot:
        return self.dialects.named(subscription.dialect).slot
