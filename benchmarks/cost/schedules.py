"""How many schedules failures make."""

from datetime import UTC, datetime, timedelta

from parcelhook.delivery.policy import Buckets, RetrySchedule
from parcelhook.model.delivery import RetryPolicy

_BEGIN = datetime(2026, 1, 2, 20, tzinfo=UTC)


def in_an_hour(failures: int, *, shards: int, width: timedelta) -> int:
    """Different schedules for so many failures, spread evenly over an hour and over `shards`.

    Many workers may ask for the same one; Scheduler keeps one of a name.
    """
    schedule = RetrySchedule(buckets=Buckets(width=width, lead=timedelta(minutes=2)))
    policy = RetryPolicy(attempts=3, interval=timedelta(hours=2))
    step = timedelta(hours=1) / failures
    return len({(schedule.next_attempt(policy, _BEGIN + n * step), n % shards) for n in range(1, failures + 1)})
