"""When a failed delivery is tried again, and when it is given up."""

import random
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta
from math import ceil

from parcelhook.collaborators import collaborator
from parcelhook.model.delivery import RetryPolicy

# Retry-After is a wish of the endpoint's; a day is as long as we follow it.
LONGEST_RETRY_AFTER = timedelta(hours=24)


@collaborator(kw_only=True)
class Buckets:
    """The moments at which something may be due. Everything due in one bucket shares one schedule."""

    width: timedelta
    lead: timedelta
    """How far ahead a bucket must lie: enough to write the item and its schedule before it comes."""

    def holding(self, moment: datetime, now: datetime) -> datetime:
        """The first bucket that is neither before `moment` nor too near to `now`."""
        earliest = max(moment, now + self.lead)
        seconds = self.width.total_seconds()
        return datetime.fromtimestamp(ceil(earliest.timestamp() / seconds) * seconds, UTC)


@collaborator(kw_only=True)
class RetrySchedule:
    """Puts a next attempt into a bucket."""

    buckets: Buckets
    jitter: timedelta = timedelta(0)
    """Up to this much is added at random, so that what failed together need not come back together."""
    uniform: Callable[[float, float], float] = field(default=random.uniform)

    def next_attempt(self, policy: RetryPolicy, ended: datetime, retry_after: timedelta | None = None) -> datetime:
        """When to try again what failed at `ended`. A longer `retry_after` of the endpoint's is honoured."""
        wish = min(retry_after, LONGEST_RETRY_AFTER) if retry_after else timedelta(0)
        wait = max(policy.interval, wish)
        extra = timedelta(seconds=self.uniform(0, self.jitter.total_seconds()))
        return self.buckets.holding(ended + wait + extra, ended)

    def soon(self, now: datetime) -> datetime:
        """The next bucket: for what could not be tried now."""
        return self.buckets.holding(now, now)
