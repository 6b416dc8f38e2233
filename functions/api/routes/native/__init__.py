"""Our own routes, for which no vendor has a form: events, deliveries, subscriptions of all dialects, the catalogue."""

from functions.api.http import RouteGroup
from functions.api.problems import answer
from functions.api.routes.native import (
    account,
    deliveries,
    dialects,
    event_types,
    events,
    recoveries,
    service,
    subscription_stats,
    subscription_test,
    subscriptions,
    usage,
)
from functions.api.routes.native.operations.shared import DOCUMENTATION

GROUP = RouteGroup(
    prefixes=("/",),
    routes=(
        *events.ROUTES,
        *deliveries.ROUTES,
        *subscriptions.ROUTES,
        *subscription_test.ROUTES,
        *recoveries.ROUTES,
        *subscription_stats.ROUTES,
        *account.ROUTES,
        *usage.ROUTES,
        *event_types.ROUTES,
        *dialects.ROUTES,
        *service.ROUTES,
    ),
    answer_error=answer,
    documentation=DOCUMENTATION,
)
