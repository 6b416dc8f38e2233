"""What `/v1/subscriptions/{id}/test` says of itself."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import TEXT, URL, WHOLE, component, like, object_of, or_null
from functions.api.documentation.tags import SUBSCRIPTIONS
from functions.api.routes.native.operations.shared import (
    COUNT,
    EVENT_TYPE,
    NO_STORE,
    OUTCOME,
    SENT_REQUEST,
    SUBSCRIPTION_ID,
)
from parcelhook.errors import ConflictError

_RESULT = component(
    "TestResult",
    object_of(
        subscription_id=SUBSCRIPTION_ID,
        event_type=EVENT_TYPE,
        url=URL,
        status_code=like(or_null(WHOLE), 200),
        outcome=OUTCOME,
        duration_ms=like(COUNT, 80),
        error=like(or_null(TEXT), None),
        message=like(or_null(TEXT), None),
        response_body=like(or_null(TEXT), "ok"),
        request=SENT_REQUEST,
    ),
    "What was sent as a test, and what came back.",
)
SEND = Operation(
    summary="Send a test",
    description=(
        "Sends the catalogue's sample, or the data that is given, at once. Nothing is recorded; the POST has "
        "the header `parcelhook-test: true`. 409 where there are no events of this kind yet."
    ),
    tag=SUBSCRIPTIONS,
    answers={200: Answer(description="What came back, also where nothing did.", schema=_RESULT, headers=NO_STORE)},
    errors=(ConflictError,),
)
