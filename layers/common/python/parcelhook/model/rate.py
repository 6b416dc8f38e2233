"""How fast, and how many at once: what a subscriber may ask for, and the arithmetic of spreading deliveries."""

from datetime import datetime, timedelta

from parcelhook.values import value


@value(kw_only=True)
class RateLimit:
    """What an endpoint is never to get more of. None is no limit."""

    per_second: float | None = None
    """Deliveries a second (0.01 to 1,000)."""
    concurrency: int | None = None
    """POSTs at once (1 to 100)."""


@value
class Slots:
    """Moments at which deliveries may be sent, and from when on the next are free."""

    moments: tuple[datetime, ...]
    next_slot: datetime


def slots(wanted: int, rate: float, next_slot: datetime | None, now: datetime, horizon: timedelta) -> Slots:
    """The next slots of an endpoint that gets `rate` deliveries a second: at most `wanted`, none beyond `horizon`.

    Virtual scheduling (the generic cell rate algorithm): one remembered moment is all there is to it, and time that
    was not used is not saved up.
    """
    step = timedelta(seconds=1 / rate)
    first = max(next_slot or now, now)
    free = (now + horizon - first) // step + 1
    count = max(0, min(wanted, free))
    return Slots(tuple(first + number * step for number in range(count)), first + count * step)
