"""What `/v1/subscriptions` says of itself."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import (
    MOMENT,
    NUMBER,
    TEXT,
    TEXTS_BY_NAME,
    URL,
    WHOLE,
    YES_OR_NO,
    component,
    like,
    list_of,
    object_of,
    one_of,
    or_null,
    text,
)
from functions.api.documentation.tags import SUBSCRIPTIONS
from functions.api.routes.native.operations.shared import (
    COUNT,
    DIALECT,
    EVENT_TYPE,
    MODE,
    NO_STORE,
    SUBSCRIPTION_ID,
)
from parcelhook.errors import ConcurrentChangeError, ForbiddenError, SubscriptionExistsError
from parcelhook.model.circuit import CircuitState
from parcelhook.model.milestones import Milestone

_SUBSCRIPTION = component(
    "Subscription",
    object_of(
        id=SUBSCRIPTION_ID,
        dialect=DIALECT,
        event=like(TEXT, "track", description="As the dialect names it."),
        event_types=list_of(EVENT_TYPE),
        mode=MODE,
        url=URL,
        headers=like(TEXTS_BY_NAME, {"x-shop": "7"}, description="Sent with every delivery."),
        dialect_fields={
            "type": "object",
            "description": "What only its vendor knows of, as it was given on the vendor's routes.",
            "examples": [{"payload_format": "json", "auth_type": "hmac"}],
        },
        enabled=YES_OR_NO,
        disabled_by_failures=like(YES_OR_NO, False),
        retry_policy=object_of(
            attempts=like(WHOLE, 3), interval_seconds=like(WHOLE, 7200), is_default=like(YES_OR_NO, True)
        ),
        milestones=like(
            or_null(list_of(one_of(Milestone))), None, description="Only tracking updates that tell one of these."
        ),
        drop_superseded=like(
            YES_OR_NO,
            False,
            description="Whether a waiting retry ends once a newer update of its parcel was delivered.",
        ),
        health=object_of(
            error_count=like(COUNT, 0, description="Failures since the last success."),
            last_response_code=like(or_null(WHOLE), 200),
            last_response_message=like(or_null(TEXT), None),
            last_delivered_at=or_null(MOMENT),
        ),
        rate_limit=like(
            or_null(object_of(per_second=or_null(NUMBER), concurrency=or_null(WHOLE))),
            None,
            description="What the endpoint never gets more of.",
        ),
        slow=like(
            YES_OR_NO, False, description="Whether the endpoint takes long, so that a lane of its own serves it."
        ),
        circuit=object_of(
            state=one_of(CircuitState),
            failures=like(COUNT, 0),
            opened_at=like(or_null(MOMENT), None),
            next_probe_at=like(or_null(MOMENT), None),
        ),
        created_at=MOMENT,
        updated_at=MOMENT,
    ),
    "A subscription of any dialect.",
)
_SECRET = text("^whsec_", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
_VERSION = {"type": "integer", "minimum": 1}

LIST = Operation(
    summary="List subscriptions",
    description="All of the key's mode, oldest first.",
    tag=SUBSCRIPTIONS,
    answers={200: Answer(description="All of them.", schema=object_of(subscriptions=list_of(_SUBSCRIPTION)))},
)
CREATE = Operation(
    summary="Subscribe",
    description=(
        "In any dialect. What only one vendor asks for is as it is there by default. 409 where the dialect has one "
        "subscription for an event and there is one, whose id the answer tells."
    ),
    tag=SUBSCRIPTIONS,
    answers={
        201: Answer(
            description="The subscription.", schema=_SUBSCRIPTION, headers={"Location": "Where the subscription is."}
        )
    },
    errors=(SubscriptionExistsError, ForbiddenError),
)
SHOW = Operation(
    summary="Show a subscription",
    tag=SUBSCRIPTIONS,
    answers={200: Answer(description="The subscription.", schema=_SUBSCRIPTION)},
)
CHANGE = Operation(
    summary="Change a subscription",
    description=(
        "What is not said stays as it is. A `retry_policy` of null brings the vendor's own rule back; `headers`, "
        "`milestones` and `rate_limit` of null mean none. `enabled` of true forgets the failures that disabled it, and "
        "sends what was held."
    ),
    tag=SUBSCRIPTIONS,
    answers={200: Answer(description="The subscription.", schema=_SUBSCRIPTION)},
    errors=(ConcurrentChangeError,),
)
DELETE = Operation(
    summary="Delete a subscription",
    tag=SUBSCRIPTIONS,
    answers={204: Answer(description="It is gone. What waited for it is discarded when it is due.")},
    errors=(ConcurrentChangeError,),
)
SHOW_SECRET = Operation(
    summary="Show the signing secret",
    tag=SUBSCRIPTIONS,
    answers={
        200: Answer(
            description="In the form that Standard Webhooks libraries take.",
            schema=component("SigningSecret", object_of(secret=_SECRET, version=_VERSION)),
            headers=NO_STORE,
        )
    },
)
ROTATE_SECRET = Operation(
    summary="Replace the signing secret",
    description="The one before signs too for 24 hours. Of two calls at once, both answer with the same new secret.",
    tag=SUBSCRIPTIONS,
    answers={
        200: Answer(
            description="The new secret.",
            schema=component("RotatedSecret", object_of(secret=_SECRET, version=_VERSION, previous_signs_until=MOMENT)),
            headers=NO_STORE,
        )
    },
    errors=(ConcurrentChangeError,),
)
