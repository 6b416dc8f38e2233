"""What `/v1/dialects` says of itself."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import (
    NUMBER,
    TEXT,
    WHOLE,
    YES_OR_NO,
    component,
    like,
    list_of,
    object_of,
    or_null,
)
from functions.api.documentation.tags import CATALOGUE
from functions.api.routes.native.operations.shared import DIALECT, EVENT_TYPE, MODE
from parcelhook.errors import InvalidRequestError

_DIALECT = component(
    "Dialect",
    object_of(
        name=DIALECT,
        events=list_of(object_of(name=like(TEXT, "track"), event_types=list_of(EVENT_TYPE))),
        one_for_an_event=like(YES_OR_NO, description="Whether an event may have one subscription only."),
        modes=list_of(MODE),
        timeout_seconds=like(NUMBER, 10.0),
        retry_policy=object_of(attempts=like(WHOLE, 3), interval_seconds=like(WHOLE, 7200)),
        disable_after=like(or_null(WHOLE), 5, description="Failures in a row that disable a subscription."),
    ),
    "The rules of one vendor.",
)
LIST = Operation(
    summary="List the dialects",
    description="Which vendors' webhooks are spoken, and by which rules.",
    tag=CATALOGUE,
    answers={200: Answer(description="All dialects.", schema=object_of(dialects=list_of(_DIALECT)))},
    errors=(InvalidRequestError,),
    is_public=True,
)
