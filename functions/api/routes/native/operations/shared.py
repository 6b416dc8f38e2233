"""What several of our own operations tell: ids, attempts, deliveries, pages, errors."""

from functions.api.documentation.operations import ErrorForm, GroupDocumentation, Parameter
from functions.api.documentation.schemas import (
    MOMENT,
    TEXT,
    URL,
    WHOLE,
    YES_OR_NO,
    Schema,
    component,
    like,
    list_of,
    object_of,
    one_of,
    or_null,
    text,
)
from functions.api.problems import CONTENT_TYPE, status_of
from parcelhook.errors import InvalidRequestError
from parcelhook.model.account import Mode
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import EventType
from parcelhook.storage.lists import LONGEST_PAGE

_ULID = "[0-9A-HJKMNP-TV-Z]{26}"
EVENT_ID = text(r"^\S+$", "evt_01JD0000000000000000000000", description="The publisher's own id, or ours.")
DELIVERY_ID = text(rf"^dlv_{_ULID}_[A-Za-z0-9-]+$", "dlv_01JD0000000000000000000000_se-1a2b3c4d5e6f7g")
RECOVERY_ID = text(rf"^rec_{_ULID}$", "rec_01JD0000000000000000000000")
SUBSCRIPTION_ID = text(r"^[A-Za-z0-9-]{1,64}$", "se-1a2b3c4d5e6f7g", description="As its dialect writes ids.")
KEY_ID = text(r"^[A-Za-z0-9_-]+$", "key_01JD0000000000000000000000")
DIALECT = like(one_of(["shipengine", "shippo", "ehub", "parcelhook"]), "shipengine")
MODE = one_of(Mode)
EVENT_TYPE = like(one_of(EventType), "tracking.updated")
COUNT: Schema = {"type": "integer", "minimum": 0}
OUTCOME = one_of(["delivered", "retry", "give_up"])
NO_STORE = {"Cache-Control": "`no-store`: what the answer tells is secret."}

PROBLEM = component(
    "Problem",
    object_of(
        optional=("errors", "subscription_id"),
        type=like(TEXT, "about:blank"),
        title=like(TEXT, "Invalid request", description="The same for every problem of the kind."),
        status=like(WHOLE, 422),
        detail=like(TEXT, "One thing in the request is not accepted."),
        errors=list_of(
            object_of(
                pointer=like(
                    TEXT, "/url", description="Where in the body (RFC 6901), or `?name` for a query parameter."
                ),
                detail=like(TEXT, "This member is required."),
            )
        ),
        subscription_id=like(SUBSCRIPTION_ID, description="Of a conflict: the subscription that is there already."),
        request_id={"type": "string", "format": "uuid"},
    ),
    "Problem details (RFC 9457).",
)

ATTEMPT = component(
    "Attempt",
    object_of(
        number={"type": "integer", "minimum": 1},
        at=MOMENT,
        duration_ms=COUNT,
        status_code=like(or_null(WHOLE), 503, description="null where no complete response came."),
        error=like(or_null(TEXT), None, description="The kind of failure; null where a response came."),
        message=like(or_null(TEXT), None),
        response_body=like(or_null(TEXT), "try later", description="Its first KiB."),
        manual=like(YES_OR_NO, False, description="Whether a person asked for it."),
    ),
    "One POST of a delivery.",
)
_SUMMARY = {
    "id": DELIVERY_ID,
    "event_id": EVENT_ID,
    "event_type": EVENT_TYPE,
    "subscription_id": SUBSCRIPTION_ID,
    "dialect": DIALECT,
    "mode": MODE,
    "url": URL,
    "state": like(one_of(DeliveryState), "retrying"),
    "reason": like(or_null(TEXT), None, description="Why it was discarded."),
    "attempt_count": COUNT,
    "next_attempt_at": or_null(MOMENT),
    "created_at": MOMENT,
    "updated_at": MOMENT,
}
DELIVERY_SUMMARY = component("DeliverySummary", object_of(**_SUMMARY), "An event on its way to one subscription.")
SENT_REQUEST = component(
    "SentRequest",
    object_of(
        method={"type": "string", "const": "POST"},
        url=URL,
        headers={
            "type": "object",
            "additionalProperties": TEXT,
            "examples": [{"content-type": "application/json", "authorization": "Basic ********"}],
        },
        body=like(TEXT, '{"resource_type":"API_TRACK"}'),
    ),
    "What is POSTed, its credentials masked.",
)
DELIVERY = component(
    "Delivery",
    object_of(
        **_SUMMARY,
        tracking_number=like(or_null(TEXT), "1Z999AA10123456784"),
        attempts=list_of(ATTEMPT),
        request=or_null(SENT_REQUEST),
    ),
    "A delivery with all its attempts, and the request as the next one would send it.",
)

LIMIT = Parameter(
    name="limit",
    description="How many are wanted.",
    schema={"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": 20},
)
CURSOR = Parameter(name="cursor", description="`next` of the page before.")
NEXT = like(or_null(TEXT), None, description="The `cursor` of the next page; null where there is none.")

DOCUMENTATION = GroupDocumentation(
    name="",
    errors=ErrorForm(status=status_of, schema=PROBLEM, content_type=CONTENT_TYPE),
    security=("ApiKey", "Bearer", "ShippoToken"),
    path_parameters={
        "event_id": EVENT_ID,
        "delivery_id": DELIVERY_ID,
        "subscription_id": SUBSCRIPTION_ID,
        "recovery_id": RECOVERY_ID,
        "key_id": KEY_ID,
    },
    common_errors=(InvalidRequestError,),
)
