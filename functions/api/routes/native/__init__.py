"""Our own routes, for which no vendor has a form: events, deliveries, subscriptions of all dialects, the catalogue."""

from functions.api.http import RouteGroup
from functions.api.problems import answer
from functions.api.routes.native import deliveries, event_types, events, service, subscriptions

GROUP = RouteGroup(
    prefixes=("/",),
    routes=(*events.ROUTES, *deliveries.ROUTES, *subscriptions.ROUTES, *event_types.ROUTES, *service.ROUTES),
    answer_error=answer,
)
