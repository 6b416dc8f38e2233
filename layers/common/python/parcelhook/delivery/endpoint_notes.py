"""What attempts tell of their endpoints: slow or not, and the circuit. Written only where something changes."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from parcelhook.clock import Clock
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.dialects.base import Dialects, has_circuit, retry_policy
from parcelhook.errors import UnavailableError
from parcelhook.model.circuit import OPENS_AFTER, CircuitState, pause
from parcelhook.model.delivery import Outcome
from parcelhook.model.subscription import Slot, Subscription

_LOGGER = logging.getLogger(__name__)

# An endpoint that answered this worker well so recently does not fail in a row, whatever others count.
_RECENTLY = timedelta(seconds=10)
_REMEMBERED = 1_000


class CircuitObserver(Protocol):
    """Is told when circuits change. Neither raises."""

    def circuit_opened(self, subscription: Subscription, *, until: datetime) -> None:
        """A closed circuit was opened; a probe may be sent at `until`."""
        ...

    def circuit_closed(self, subscription: Subscription) -> None:
        """A circuit was closed that was not."""
        ...


class CircuitCount(Protocol):
    """Knows how many circuits are open."""

    def note(self, subscription: Subscription, open_until: datetime) -> None:
        """One is open until then. Raises `UnavailableError`."""
        ...


Tried = tuple[Work, AttemptResult]


class Conditions(Protocol):
    """Where the condition of endpoints is kept. All raise `UnavailableError`."""

    def mark_slow(self, subscription: Subscription, slot: Slot, now: datetime) -> None:
        """The endpoint does not answer in time."""
        ...

    def clear_slow(self, subscription: Subscription, slot: Slot) -> None:
        """It does again."""
        ...

    def count_failures(self, subscription: Subscription, slot: Slot, count: int, *, limit: int) -> bool:
        """Counts `count` more in a row, unless that makes `limit` of them; whether it did."""
        ...

    def open(
        self, subscription: Subscription, slot: Slot, count: int, *, limit: int, now: datetime, until: datetime
    ) -> bool:
        """Opens the circuit, if there are `limit` failures with the latest `count`; whether it did."""
        ...

    def open_again(
        self, subscription: Subscription, slot: Slot, *, openings: int, now: datetime, until: datetime
    ) -> bool:
        """Opens a half-open circuit; whether it did."""
        ...

    def close(self, subscription: Subscription, slot: Slot, now: datetime) -> bool:
        """Closes the circuit; whether it was not closed."""
        ...

    def forget_failures(self, subscription: Subscription, slot: Slot) -> None:
        """Begins the count anew."""
        ...


@dataclass(slots=True, kw_only=True)
class EndpointNotes:
    """Notes results. What AWS would not take is left out: the next attempt tells it again."""

    conditions: Conditions
    dialects: Dialects
    clock: Clock
    fast_budget: timedelta
    """An endpoint that takes longer over an answer is slow."""
    observer: CircuitObserver
    count: CircuitCount
    _succeeded_at: dict[str, datetime] = field(default_factory=dict)

    def is_slow(self, subscription: Subscription) -> None:
        """Notes at once that an endpoint is slow, while it is still waited for. Raises nothing."""
        if subscription.slow_since is not None:
            return
        try:
            self.conditions.mark_slow(subscription, self._slot(subscription), self.clock.now())
        except UnavailableError:
            _LOGGER.warning("slow endpoint not noted", exc_info=True)

    def note(self, tried: Sequence[Tried]) -> None:
        """Notes what a group of attempts tells, each endpoint's with as few writes as it takes. Raises nothing."""
        by_subscription: defaultdict[str, list[Tried]] = defaultdict(list)
        for work, result in tried:
            by_subscription[work.subscription.id].append((work, result))
        for own in by_subscription.values():
            own.sort(key=lambda pair: pair[1].attempt.ended_at)
            try:
                self._note_speed(own)
                self._note_circuit(own)
            except UnavailableError:
                _LOGGER.warning("endpoint's condition not noted", exc_info=True)

    def _note_speed(self, tried: Sequence[Tried]) -> None:
        subscription = tried[0][0].subscription
        if any(self._was_slow(result) for _, result in tried):
            self.is_slow(subscription)
        elif subscription.slow_since is not None:
            self.conditions.clear_slow(subscription, self._slot(subscription))

    def _was_slow(self, result: AttemptResult) -> bool:
        took = timedelta(milliseconds=result.attempt.duration_ms)
        return result.attempt.error == "timeout" or took > self.fast_budget

    def _note_circuit(self, tried: Sequence[Tried]) -> None:
        subscription = tried[0][0].subscription
        if not has_circuit(self.dialects.named(subscription.dialect)):
            return
        outcomes = [result.outcome for _, result in tried]
        failures = _failures_at_the_end(outcomes)
        if any(outcome is Outcome.DELIVERED for outcome in outcomes):
            self._note_success(subscription)
        elif subscription.circuit.opened_at is not None and Outcome.GIVE_UP in outcomes and not failures:
            # It answers, and says that these deliveries are not to be tried again: waiting would change nothing.
            self._note_success(subscription)
        if failures:
            self._note_failures(subscription, failures)

    def _note_success(self, subscription: Subscription) -> None:
        if len(self._succeeded_at) >= _REMEMBERED:
            self._succeeded_at.clear()
        self._succeeded_at[subscription.id] = self.clock.now()
        circuit, slot = subscription.circuit, self._slot(subscription)
        if circuit.opened_at is not None:
            if self.conditions.close(subscription, slot, self.clock.now()):
                self.observer.circuit_closed(subscription)
                self.count.note(subscription, self.clock.now())
        elif circuit.failures:
            self.conditions.forget_failures(subscription, slot)

    def _note_failures(self, subscription: Subscription, count: int) -> None:
        now, slot, circuit = self.clock.now(), self._slot(subscription), subscription.circuit
        interval = retry_policy(self.dialects, subscription).interval
        if circuit.state(now) is CircuitState.HALF_OPEN:
            openings = circuit.openings + 1
            until = now + pause(openings, interval)
            if self.conditions.open_again(subscription, slot, openings=openings, now=now, until=until):
                self.count.note(subscription, until)
            return
        if circuit.opened_at is not None or self._succeeded_just_now(subscription, now, interval):
            return
        if not self.conditions.count_failures(subscription, slot, count, limit=OPENS_AFTER):
            until = now + pause(1, interval)
            if self.conditions.open(subscription, slot, count, limit=OPENS_AFTER, now=now, until=until):
                self.observer.circuit_opened(subscription, until=until)
                self.count.note(subscription, until)

    def _succeeded_just_now(self, subscription: Subscription, now: datetime, interval: timedelta) -> bool:
        """A worker that remembers no count cannot begin it anew, so others might count failures between successes."""
        succeeded_at = self._succeeded_at.get(subscription.id)
        return succeeded_at is not None and now - succeeded_at < min(_RECENTLY, interval / 4)

    def _slot(self, subscription: Subscription) -> Slot:
        return self.dialects.named(subscription.dialect).slot


def _failures_at_the_end(outcomes: Sequence[Outcome]) -> int:
    """How many failed since the last success. A final answer (`give_up`) is neither."""
    count = 0
    for outcome in outcomes:
        count = 0 if outcome is Outcome.DELIVERED else count + (outcome is Outcome.RETRY)
    return count
