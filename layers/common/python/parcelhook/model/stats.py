"""How a subscription's deliveries went, in numbers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from parcelhook.model.delivery import Attempt, Delivery, DeliveryState

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Counts:
    """What became of attempts and deliveries."""

    delivered: int = 0
    """Deliveries."""
    failed: int = 0
    """Attempts."""
    discarded: int = 0
    """Deliveries."""
    durations: Counter[int] = field(default_factory=Counter)
    """How many attempts took so many milliseconds."""

    @property
    def attempts(self) -> int:
        """How many attempts are counted."""
        return self.durations.total()

    def add(self, other: "Counts") -> None:
        """Counts what `other` counts, too."""
        self.delivered += other.delivered
        self.failed += other.failed
        self.discarded += other.discarded
        self.durations += other.durations

    def add_attempt(self, attempt: Attempt) -> None:
        """Counts one attempt."""
        self.failed += attempt.error is not None
        self.durations[attempt.duration_ms] += 1

    def add_state(self, state: DeliveryState) -> None:
        """Counts a delivery by where it stands."""
        self.delivered += state is DeliveryState.DELIVERED
        self.discarded += state is DeliveryState.DISCARDED

    def percentile(self, share: float) -> int | None:
        """The shortest time, in milliseconds, that no more than `1 - share` (0 to 1) of the attempts exceeded."""
        left = share * self.attempts
        for duration in sorted(self.durations):
            left -= self.durations[duration]
            if left <= 0:
                return duration
        return None


def coarse(milliseconds: int) -> int:
    """`milliseconds` to two digits, at most 5 % off, so that few different ones are counted."""
    unit: int = 10 ** max(len(str(milliseconds)) - 2, 0)
    return (milliseconds + unit // 2) // unit * unit


def hour_of(moment: datetime) -> datetime:
    """When the hour of `moment` began."""
    return moment.replace(minute=0, second=0, microsecond=0)


def by_hour(deliveries: Iterable[Delivery]) -> dict[datetime, Counts]:
    """What became of `deliveries`: attempts in the hours they were made in, ends in those they came in."""
    hours: dict[datetime, Counts] = {}
    for delivery in deliveries:
        hours.setdefault(hour_of(delivery.updated_at), Counts()).add_state(delivery.state)
        for attempt in delivery.attempts:
            hours.setdefault(hour_of(attempt.at), Counts()).add_attempt(attempt)
    return hours
