"""What a caller of a dialect's routes may do with subscriptions: their own, in that dialect and in their key's mode."""

from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

from parcelhook.dialects.base import Dialect, places
from parcelhook.errors import ConcurrentChangeError, ForbiddenError, NotFoundError
from parcelhook.model.account import Principal
from parcelhook.model.subscription import Subscription
from parcelhook.services.api import ApiServices
from parcelhook.values import value

# Others may change the same subscription at the same moment; the last one to write wins, as at the vendors.
_TRIES = 5


@value(kw_only=True)
class Subscriber:
    """A caller, seen through one dialect."""

    services: ApiServices
    dialect: Dialect
    principal: Principal
    noted: dict[str, object] = field(default_factory=dict)
    """What the log line of the call will say: which subscription it was about."""

    def check_mode(self) -> None:
        """Raises `ForbiddenError` where the vendor has no webhooks in the key's mode."""
        if self.principal.mode not in self.dialect.modes:
            raise ForbiddenError("Webhooks cannot be managed with a sandbox API key; use a production key.")

    def add(self, *, event_name: str, url: str, subscription_id: str | None = None, **members: Any) -> Subscription:
        """A new subscription to an event that the dialect knows. Raises `SubscriptionExistsError`."""
        now = self.services.clock.now()
        subscription = Subscription(
            id=subscription_id or self.dialect.new_id(self.services.ids),
            account_id=self.principal.account_id,
            mode=self.principal.mode,
            dialect=self.dialect.name,
            event_name=event_name,
            event_types=self.dialect.event_names[event_name],
            url=url,
            created_at=now,
            updated_at=now,
            **members,
        )
        self.services.registry.add_subscription(subscription, self.dialect.slot)
        self.noted["subscription_id"] = subscription.id
        return subscription

    def all(self) -> list[Subscription]:
        """All of them, oldest first."""
        return self.services.registry.subscriptions_of_dialect(
            self.principal.account_id, self.principal.mode, self.dialect.slot, places(self.dialect)
        )

    def find(self, subscription_id: str) -> Subscription:
        """One of them. Raises `NotFoundError`, also for what is no id of the dialect's."""
        if not self.dialect.owns_id(subscription_id):
            raise NotFoundError(f"There is no subscription {subscription_id[:50]}.")
        found = self.services.registry.subscription(
            self.principal.account_id,
            self.principal.mode,
            subscription_id,
            self.dialect.slot,
            places(self.dialect),
        )
        self.noted["subscription_id"] = found.id
        return found

    def change(self, subscription_id: str, change: Callable[[Subscription], Subscription]) -> Subscription:
        """Changes one of them, on top of whatever somebody else wrote meanwhile. Raises `NotFoundError`."""

        def write(before: Subscription) -> Subscription:
            after = replace(change(before), updated_at=self.services.clock.now())
            return self.services.registry.change_subscription(before, after, self.dialect.slot)

        return self._insist(subscription_id, write)

    def resume(self, subscription: Subscription) -> None:
        """Forgets the failures of one of them, and sends what was held while they had disabled it."""
        self.services.registry.forget_failures(subscription, self.dialect.slot)
        self.services.recoveries.resume(subscription)

    def remove(self, subscription_id: str) -> None:
        """Takes one of them away. Raises `NotFoundError`."""

        def write(before: Subscription) -> Subscription:
            try:
                self.services.registry.remove_subscription(before, self.dialect.slot)
            except ConcurrentChangeError:
                if not self._exists(subscription_id):
                    # Somebody else was faster, or our own write was, whose answer was lost on the way.
                    return before
                raise
            return before

        self._insist(subscription_id, write)

    def _insist(self, subscription_id: str, write: Callable[[Subscription], Subscription]) -> Subscription:
        for _ in range(_TRIES - 1):
            try:
                return write(self.find(subscription_id))
            except ConcurrentChangeError:
                continue
        return write(self.find(subscription_id))

    def _exists(self, subscription_id: str) -> bool:
        try:
            self.find(subscription_id)
        except NotFoundError:
            return False
        return True
