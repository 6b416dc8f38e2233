"""How an endpoint fares, and what follows from it: the circuit breaker's rule, and how fast waiting work is drained.

Failures in a row open the circuit. While it is open, deliveries wait without a POST. After a pause it is half-open: one
delivery is sent as a probe. A success closes it, a failure opens it again for twice as long.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from parcelhook.values import value

OPENS_AFTER = 5
"""So many failed attempts in a row open a circuit."""
SUSPICIOUS_AFTER = 2
"""So many make an endpoint's deliveries take the slow lane, before they cost a batch of healthy ones its time."""

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=30)
# With a shorter retry interval all pauses are shorter: a delivery must not wait longer for its probe than for a retry.
_INTERVAL_SHARE = 4
# How much longer a delivery waits, for each time that it finds the circuit open: few writes, and late by little.
_PATIENCE = 3

_DRAIN_FOR = timedelta(minutes=10)
_DRAIN_FIRST_RATE = 1.0
_DRAIN_HIGHEST_RATE = 50.0
_DRAIN_DOUBLES_IN = timedelta(seconds=15)


class CircuitState(StrEnum):
    """Whether an endpoint is sent what is due."""

    CLOSED = "closed"
    """It is."""
    OPEN = "open"
    """Nothing is sent."""
    HALF_OPEN = "half_open"
    """One delivery is sent, to find out."""


@value(kw_only=True)
class Circuit:
    """What is remembered of an endpoint's failures."""

    failures: int = 0
    """Failed attempts in a row, up to where it opened."""
    opened_at: datetime | None = None
    """When it opened first; None while it is closed."""
    open_until: datetime | None = None
    """When the next probe may be sent."""
    openings: int = 0
    """How often it opened since it was closed."""
    probe_until: datetime | None = None
    """Until then a worker is probing, and no other may."""
    closed_at: datetime | None = None
    """When a success last closed it."""

    def state(self, now: datetime) -> CircuitState:
        """Open, closed or half-open at this moment."""
        if self.opened_at is None:
            return CircuitState.CLOSED
        if self.open_until is not None and self.open_until > now:
            return CircuitState.OPEN
        return CircuitState.HALF_OPEN

    @property
    def is_suspicious(self) -> bool:
        """Whether it failed so often that the next attempt had better not be made beside healthy ones."""
        return self.opened_at is not None or self.failures >= SUSPICIOUS_AFTER

    def drain_rate(self, now: datetime, interval: timedelta) -> float | None:
        """How many deliveries a second may be sent after it was closed: few at first, then more. None is any number."""
        if self.closed_at is None or self.opened_at is not None:
            return None
        elapsed = now - self.closed_at
        if not timedelta(0) <= elapsed < _DRAIN_FOR:
            return None
        # Without an interval nobody waits, and there is nothing to drain slowly.
        doubles_in = min(_DRAIN_DOUBLES_IN, interval / _INTERVAL_SHARE)
        if not doubles_in:
            return None
        doublings = elapsed / doubles_in
        return float(min(_DRAIN_FIRST_RATE * 2 ** min(doublings, 32), _DRAIN_HIGHEST_RATE))


CLOSED = Circuit()
"""That of an endpoint that never failed."""


def pause(openings: int, interval: timedelta) -> timedelta:
    """How long a circuit stays open the first time (`openings` is 1), the second, and so on.

    A minute, doubled each time, up to half an hour; less where the retry interval is below two hours.
    """
    doublings: int = min(openings - 1, 16)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE, interval / _INTERVAL_SHARE)


def waits_until(circuit: Circuit, deferred_since: datetime, now: datetime, interval: timedelta) -> datetime:
    """When a delivery that finds the circuit open is looked at again.

    At the next probe, or later the longer it waits already, but never later than one `interval` after it began to
    wait: then it is tried whatever the circuit says, so that a dead endpoint's deliveries come to an end too.
    """
    latest = deferred_since + interval
    patient = now + _PATIENCE * (now - deferred_since)
    return min(max(circuit.open_until or now, patient), latest)
