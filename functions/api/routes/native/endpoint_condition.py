"""How a subscription's endpoint fares, and what its owner limits it to, as `/v1/subscriptions` tells and takes it."""

from datetime import datetime
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from functions.api.bodies import BodyModel
from parcelhook.catalogue.faults import fault
from parcelhook.clock import to_text
from parcelhook.model.circuit import Circuit
from parcelhook.model.rate import RateLimit
from parcelhook.model.subscription import Subscription


class RateLimitChange(BodyModel):
    """What an endpoint is never to get more of: at least one of the two."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [
                {"required": ["per_second"], "properties": {"per_second": {"type": "number"}}},
                {"required": ["concurrency"], "properties": {"concurrency": {"type": "integer"}}},
            ]
        },
    )

    per_second: float | None = Field(default=None, ge=0.01, le=1_000)
    concurrency: int | None = Field(default=None, ge=1, le=100)

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.per_second is None and self.concurrency is None:
            raise fault("A rate limit needs `per_second`, `concurrency` or both.")
        return self


def rate_limit(wanted: RateLimitChange | None) -> RateLimit | None:
    """As the subscription keeps it."""
    return RateLimit(per_second=wanted.per_second, concurrency=wanted.concurrency) if wanted else None


def endpoint_members(subscription: Subscription, now: datetime) -> dict[str, Any]:
    """The members `rate_limit`, `slow` and `circuit`."""
    limit = subscription.rate_limit
    return {
        "rate_limit": {"per_second": limit.per_second, "concurrency": limit.concurrency} if limit else None,
        "slow": subscription.slow_since is not None,
        "circuit": _circuit(subscription.circuit, now),
    }


def _circuit(circuit: Circuit, now: datetime) -> dict[str, Any]:
    return {
        "state": circuit.state(now),
        "failures": circuit.failures,
        "opened_at": to_text(circuit.opened_at) if circuit.opened_at else None,
        "next_probe_at": to_text(circuit.open_until) if circuit.open_until else None,
    }
