"""Recoveries as callers ask for them, look at them and cancel them; the dispatch function makes them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.errors import ConcurrentChangeError, ConflictError, InvalidRequestError, Problem, UnavailableError
from parcelhook.ids import Ids
from parcelhook.messages import RecoverMessage
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.recovery import PER_SECOND, Recovery, RecoveryKey, RecoveryState
from parcelhook.model.subscription import Subscription
from parcelhook.prices import exact
from parcelhook.queues import Queue
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.values import value

_THE_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_TRIES = 5
MOST_COUNTED = 100_000
"""Counting ends there: a call of the api's has 29 seconds, and so many take some ten."""

# Of a delivery that is sent again and succeeds: seven write units (the
# claim and the result, in table and indexes), a read unit and a half (delivery and event), three SQS requests for 25
# of them, and a tenth of a second of a function with 1 GB.
DELIVERY_USD = (
    7 * exact("DynamoDB write units")
    + Decimal("1.5") * exact("DynamoDB read units")
    + 3 * exact("SQS requests (64 KB each)") / 25
    + exact("Lambda GB-seconds (arm64)") / 10
)


@value
class Estimate:
    """What a recovery would come to."""

    deliveries: int

    @property
    def seconds(self) -> int:
        """How long it would take, rounded up."""
        return -(-self.deliveries // PER_SECOND)

    @property
    def cost_usd(self) -> Decimal:
        """What AWS would ask for it by its price list, to a hundredth of a cent, rounded up."""
        return (self.deliveries * DELIVERY_USD).quantize(Decimal("0.0001"), rounding="ROUND_UP")


@collaborator(kw_only=True)
class Recoveries:
    """Starts, finds and ends recoveries. Its calls raise `UnavailableError`."""

    rows: RecoveryRows
    recoverable: Recoverable
    queue: Queue
    clock: Clock
    ids: Ids
    delay: timedelta
    """Longer than a worker may remember a subscription: what one holds back until then is found as well."""

    def draft(
        self, subscription: Subscription, since: datetime, until: datetime | None, states: Sequence[DeliveryState]
    ) -> Recovery:
        """A recovery that nobody has started."""
        now = self.clock.now()
        return Recovery(
            key=RecoveryKey(subscription.account_id, subscription.mode, self.ids.ulid(now)),
            subscription_id=subscription.id,
            since=since,
            until=until,
            states=tuple(dict.fromkeys(states)),
            created_at=now,
            updated_at=now,
            due_at=now + self.delay,
        )

    def estimate(self, draft: Recovery) -> Estimate:
        """What it would come to. Raises `InvalidRequestError` where there is too much to be counted."""
        count, is_complete = self.recoverable.count(draft, most_looked_at=MOST_COUNTED)
        if not is_complete:
            message = f"There are more than {MOST_COUNTED} deliveries to look at since then; name a shorter time."
            raise InvalidRequestError([Problem("/since", message)])
        return Estimate(count)

    def start(self, draft: Recovery) -> Recovery:
        """Starts it, counting what there is. Raises `ConflictError` while the subscription has another that runs."""
        running = self._running(draft)
        if running:
            raise ConflictError(f"The recovery {running.key.id} of this subscription is still running.")
        count, _ = self.recoverable.count(draft, most_looked_at=MOST_COUNTED)
        return self._begin(replace(draft, found=count))

    def resume(self, subscription: Subscription) -> None:
        """All that was held is tried again: by the recovery that runs, if there is one."""
        for _ in range(_TRIES):
            running, now = self._running(subscription), self.clock.now()
            if running is None:
                draft = self.draft(subscription, _THE_BEGINNING, None, (DeliveryState.HELD,))
                self._begin(replace(draft, all_held=True))
                return
            with suppress(ConcurrentChangeError):
                self.rows.save(running.resuming(now + self.delay, now))
                return
        raise ConcurrentChangeError(f"The recovery of {subscription.id} keeps changing.")

    def refuse_rewind(self, subscription: Subscription) -> None:
        """Raises `ConflictError` while the subscription has a recovery that `rewind` could not join."""
        running = self._running(subscription)
        if running and not running.is_resumption:
            raise ConflictError(f"The recovery {running.key.id} of this subscription is still running.")

    def rewind(self, subscription: Subscription, since: datetime) -> None:
        """All that was settled or held since then is sent again. Raises `ConflictError` as `refuse_rewind` does."""
        for _ in range(_TRIES):
            self.refuse_rewind(subscription)
            running, now = self._running(subscription), self.clock.now()
            if running is None:
                states = (DeliveryState.HELD, DeliveryState.DELIVERED, DeliveryState.DISCARDED)
                self._begin(self.draft(subscription, since, None, states))
                return
            with suppress(ConcurrentChangeError):
                self.rows.save(running.rewinding(since, now + self.delay, now))
                return
        raise ConcurrentChangeError(f"The recovery of {subscription.id} keeps changing.")

    def cancel(self, key: RecoveryKey) -> Recovery:
        """Ends one that runs: what no worker has begun is not sent. Raises `NotFoundError`."""
        for _ in range(_TRIES):
            recovery = self.rows.recovery(key)
            if recovery.state is not RecoveryState.RUNNING:
                return recovery
            with suppress(ConcurrentChangeError):
                return self.rows.save(recovery.cancelled(self.clock.now()))
        raise ConcurrentChangeError(f"Recovery {key.id} keeps changing.")

    def find(self, key: RecoveryKey) -> Recovery:
        """One as it is now. Raises `NotFoundError`."""
        return self.rows.recovery(key)

    def of_subscription(self, of: Recovery | Subscription) -> list[Recovery]:
        """Those of a subscription, newest first."""
        if isinstance(of, Recovery):
            return self.rows.of_subscription(of.key.account_id, of.key.mode, of.subscription_id)
        return self.rows.of_subscription(of.account_id, of.mode, of.id)

    def _running(self, of: Recovery | Subscription) -> Recovery | None:
        return next((each for each in self.of_subscription(of) if each.state is RecoveryState.RUNNING), None)

    def _begin(self, draft: Recovery) -> Recovery:
        """Written down first, so that the safety net begins it if nobody hears of it."""
        recovery = self.rows.save(draft)
        key, due = recovery.key, recovery.due_at or draft.created_at
        message = RecoverMessage(account_id=key.account_id, mode=key.mode, recovery=key, due=due)
        try:
            self.queue.send(message, delay_seconds=int(self.delay.total_seconds()))
        except UnavailableError:
            with suppress(UnavailableError, ConcurrentChangeError):
                self.rows.save(recovery.cancelled(self.clock.now()))
            raise
        return recovery
