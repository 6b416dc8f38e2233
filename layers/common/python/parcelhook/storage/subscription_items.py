"""A subscription as an item of the registry, and back."""

from datetime import timedelta

from parcelhook.clock import from_text, to_text
from parcelhook.model.account import Mode
from parcelhook.model.delivery import RetryPolicy
from parcelhook.model.event import EventType
from parcelhook.model.milestones import Milestone
from parcelhook.model.rate import RateLimit
from parcelhook.model.subscription import Health, Subscription
from parcelhook.storage.endpoint_items import to_circuit, to_moment
from parcelhook.storage.table import Values

# Raised when the form of the item changes, so that older items can be told apart.
_SCHEMA = 1


def from_subscription(subscription: Subscription) -> Values:
    """What is stored of `subscription`, in each of its rows, but for its health, which is counted there."""
    until, policy = subscription.previous_secret_until, subscription.retry_policy
    limit = subscription.rate_limit or RateLimit()
    return {
        "id": subscription.id,
        "account_id": subscription.account_id,
        "mode": subscription.mode,
        "dialect": subscription.dialect,
        "event_name": subscription.event_name,
        "event_types": subscription.event_types,
        "url": subscription.url,
        "enabled": subscription.enabled,
        "headers": [list(header) for header in subscription.headers] or None,
        "dialect_fields": subscription.dialect_fields or None,
        "sealed": subscription.sealed or None,
        "retry_attempts": policy.attempts if policy else None,
        "retry_interval_seconds": int(policy.interval.total_seconds()) if policy else None,
        "milestones": subscription.milestones,
        "drop_superseded": subscription.drop_superseded or None,
        # Attributes are whole numbers or text.
        "rate_per_second": str(limit.per_second) if limit.per_second else None,
        "rate_concurrency": limit.concurrency,
        "secret_version": subscription.secret_version,
        "previous_secret_until": to_text(until) if until else None,
        "created_at": to_text(subscription.created_at),
        "updated_at": to_text(subscription.updated_at),
        "version": subscription.version,
        "schema": _SCHEMA,
    }


def to_subscription(values: Values) -> Subscription:
    """The subscription that `from_subscription` made the values of."""
    until = values.get("previous_secret_until")
    return Subscription(
        id=values["id"],
        account_id=values["account_id"],
        mode=Mode(values["mode"]),
        dialect=values["dialect"],
        event_name=values["event_name"],
        event_types=tuple(map(EventType, values["event_types"])),
        url=values["url"],
        enabled=values["enabled"],
        headers=tuple((name, value) for name, value in values.get("headers", [])),
        dialect_fields=values.get("dialect_fields", {}),
        sealed={name: bytes(value) for name, value in values.get("sealed", {}).items()},
        retry_policy=_retry_policy(values),
        milestones=tuple(map(Milestone, values["milestones"])) if "milestones" in values else None,
        drop_superseded=values.get("drop_superseded", False),
        rate_limit=_rate_limit(values),
        health=_health(values),
        slow_since=to_moment(values, "slow_since"),
        circuit=to_circuit(values),
        next_slot=to_moment(values, "next_slot"),
        secret_version=values["secret_version"],
        previous_secret_until=from_text(until) if until else None,
        created_at=from_text(values["created_at"]),
        updated_at=from_text(values["updated_at"]),
        version=values["version"],
    )


def _retry_policy(values: Values) -> RetryPolicy | None:
    if "retry_attempts" not in values:
        return None
    return RetryPolicy(attempts=values["retry_attempts"], interval=timedelta(seconds=values["retry_interval_seconds"]))


def _rate_limit(values: Values) -> RateLimit | None:
    per_second, concurrency = values.get("rate_per_second"), values.get("rate_concurrency")
    if per_second is None and concurrency is None:
        return None
    return RateLimit(per_second=float(per_second) if per_second else None, concurrency=concurrency)


def _health(values: Values) -> Health:
    pushed_at = values.get("last_pushed_at")
    return Health(
        error_count=values.get("error_count", 0),
        last_response_code=values.get("last_response_code"),
        last_response_message=values.get("last_response_message"),
        last_pushed_at=from_text(pushed_at) if pushed_at else None,
        last_pushed_id=values.get("last_pushed_id"),
    )
