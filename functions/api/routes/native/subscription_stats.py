"""`/v1/subscriptions/{id}/stats`: how a subscription's deliveries went lately."""

import re
from datetime import datetime
from typing import Any

from functions.api.authentication import any_form
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import subscription_stats as operations
from functions.api.subscribers import Subscriber
from parcelhook.clock import to_text
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.model.delivery import Delivery
from parcelhook.model.stats import HOUR, Counts, hour_of
from parcelhook.services.api import ApiServices
from parcelhook.storage.stats import Stats, SubscriptionStats

_WINDOW = re.compile(r"([1-9][0-9]{0,2})(h|d)")
_HOURS = {"h": 1, "d": 24}
LONGEST_WINDOW_HOURS = 7 * 24


def show(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with the numbers of `?window=`, 1h to 7d: so many hours of the clock, the present one included.

    They are of the events accepted in the window: attempts and ends in the hours that they came in. `retrying` are
    those that wait to be tried now. Where there is more than is read one by one, `exact_since` says from when on it
    was, and what is older is from the hourly sums.
    """
    principal = any_form(request, services)
    request.allow_query("window")
    window = request.query.get("window") or "24h"
    hours = _window_hours(window)
    subscription_id = request.parameters["subscription_id"]
    dialect = services.dialects.owning(subscription_id)
    Subscriber(services=services, dialect=dialect, principal=principal, noted=request.noted).find(subscription_id)
    now = services.clock.now()
    since = hour_of(now) - (hours - 1) * HOUR
    stats = Stats(services.ledger).of(principal.account_id, principal.mode, subscription_id, since=since)
    told = {"subscription_id": subscription_id, "window": window, "from": to_text(since), "to": to_text(now)}
    return json_response(200, told | _numbers(stats, [since + number * HOUR for number in range(hours)]))


def _window_hours(window: str) -> int:
    match = _WINDOW.fullmatch(window)
    hours = int(match[1]) * _HOURS[match[2]] if match else 0
    if not 1 <= hours <= LONGEST_WINDOW_HOURS:
        raise InvalidRequestError([Problem("?window", "The window must be from 1h to 7d, in hours or days.")])
    return hours


def _numbers(stats: SubscriptionStats, hours: list[datetime]) -> dict[str, Any]:
    by_hour = [(hour, stats.hours.get(hour, Counts())) for hour in hours]
    total = Counts()
    for _, counts in by_hour:
        total.add(counts)
    return {
        "delivered": total.delivered,
        "failed": total.failed,
        "retrying": sum(delivery.waits for delivery in stats.deliveries),
        "discarded": total.discarded,
        "p50_ms": total.percentile(0.5),
        "p95_ms": total.percentile(0.95),
        "last": _last(stats.deliveries),
        "exact_since": to_text(stats.exact_since) if stats.exact_since else None,
        "hours": [
            {"from": to_text(hour), "delivered": counts.delivered, "failed": counts.failed} for hour, counts in by_hour
        ],
    }


def _last(deliveries: tuple[Delivery, ...]) -> dict[str, Any] | None:
    """The attempt that was made last, and what it meant for its delivery."""
    attempts = [(delivery, attempt) for delivery in deliveries for attempt in delivery.attempts]
    if not attempts:
        return None
    delivery, attempt = max(attempts, key=lambda pair: pair[1].ended_at)
    failed = "retry" if delivery.waits else "give_up"
    return {
        "at": to_text(attempt.at),
        "outcome": "delivered" if attempt.error is None else failed,
        "status_code": attempt.status_code,
        "message": attempt.message,
    }


ROUTES = (Route("GET", "/v1/subscriptions/<subscription_id>/stats", show, operations.SHOW),)
