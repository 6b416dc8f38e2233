"""What `/v1/subscriptions/{id}/stats` says of itself."""

from functions.api.documentation.operations import Answer, Operation, Parameter
from functions.api.documentation.schemas import (
    MOMENT,
    TEXT,
    WHOLE,
    component,
    like,
    list_of,
    object_of,
    or_empty,
    or_null,
    text,
)
from functions.api.documentation.tags import SUBSCRIPTIONS
from functions.api.routes.native.operations.shared import COUNT, OUTCOME, SUBSCRIPTION_ID

# 1 to 168 hours, 1 to 7 days.
_WINDOW = text("^([1-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8])h$|^[1-7]d$", "24h")
_STATS = component(
    "SubscriptionStats",
    object_of(
        subscription_id=SUBSCRIPTION_ID,
        window=_WINDOW,
        **{"from": MOMENT},
        to=MOMENT,
        delivered=like(COUNT, 120, description="Deliveries."),
        failed=like(COUNT, 3, description="Attempts."),
        retrying=like(COUNT, 1, description="Deliveries that wait to be tried now."),
        discarded=like(COUNT, 0, description="Deliveries."),
        p50_ms=like(or_null(COUNT), 80),
        p95_ms=like(or_null(COUNT), 400),
        last=or_null(object_of(at=MOMENT, outcome=OUTCOME, status_code=or_null(WHOLE), message=or_null(TEXT))),
        exact_since=like(
            or_null(MOMENT), None, description="From when on all was counted one by one; null is all of it."
        ),
        hours=list_of(object_of(**{"from": MOMENT}, delivered=COUNT, failed=COUNT)),
    ),
    "A subscription's deliveries in numbers.",
)
SHOW = Operation(
    summary="Show a subscription's deliveries in numbers",
    description="Of the events accepted in the window: so many hours of the clock, the present one included.",
    tag=SUBSCRIPTIONS,
    parameters=(
        Parameter(name="window", description="From `1h` to `7d`; `24h`, unless said.", schema=or_empty(_WINDOW)),
    ),
    answers={200: Answer(description="The numbers.", schema=_STATS)},
)
