"""What ShipEngine's routes say of themselves: the shapes are those of its OpenAPI 1.1."""

from functools import partial

from functions.api.documentation.operations import Answer, ErrorForm, GroupDocumentation, Operation
from functions.api.documentation.schemas import (
    TEXT,
    URL,
    component,
    like,
    list_of,
    object_of,
    one_of,
    text,
)
from functions.api.documentation.tags import SHIPENGINE
from functions.api.problems import told_of_kind
from functions.api.routes.shipengine_errors import KINDS
from parcelhook.dialects.shipengine import EVENT_NAMES
from parcelhook.errors import (
    ConcurrentChangeError,
    ForbiddenError,
    MalformedIdError,
    ParcelhookError,
    SubscriptionExistsError,
)

_ID = text("^se(-[a-z0-9]+)+$", "se-1a2b3c4d5e6f7g")
_UUID = {"type": "string", "format": "uuid"}
_ERROR = object_of(
    optional=("field_name",),
    error_source={"type": "string", "const": "shipengine"},
    error_type=one_of(["business_rules", "validation", "security", "system"]),
    error_code=like(TEXT, "invalid_field_value"),
    message=like(TEXT, "url: The URL must begin with https://."),
    field_name=like(TEXT, "url"),
)
_ERRORS = component(
    "ShipEngineErrors",
    object_of(request_id=_UUID, errors=list_of(_ERROR) | {"minItems": 1}),
    "ShipEngine's body of all errors.",
)
_WEBHOOK = component(
    "ShipEngineWebhook",
    object_of(
        optional=("headers", "name", "store_id"),
        webhook_id=_ID,
        url=URL,
        event=like(one_of(EVENT_NAMES), "track"),
        headers=list_of(object_of(key=like(TEXT, "x-shop"), value=like(TEXT, "7"))),
        name=like(TEXT, "Shop"),
        store_id={"type": ["integer", "string"], "examples": [7]},
    ),
    "A webhook. What was not given is left out.",
)


def _status(kind: type[ParcelhookError]) -> int:
    return told_of_kind(kind, KINDS)[0]


DOCUMENTATION = GroupDocumentation(
    name="ShipEngine",
    errors=ErrorForm(
        status=_status,
        schema=_ERRORS,
        headers={
            name: {"description": "The `request_id` of the body.", "schema": _UUID}
            for name in ("request-id", "x-shipengine-requestid")
        },
    ),
    security=("ApiKey",),
    path_parameters={"webhook_id": _ID},
    common_errors=(ForbiddenError,),
)
_operation = partial(Operation, tag=SHIPENGINE)
CREATE = _operation(
    summary="Create a webhook",
    description="An event has one webhook. A sandbox key is refused with a 403, as on all these routes.",
    answers={200: Answer(description="The webhook.", schema=_WEBHOOK)},
    errors=(SubscriptionExistsError,),
)
LIST = _operation(
    summary="List webhooks",
    answers={200: Answer(description="All of them, as a bare array.", schema=list_of(_WEBHOOK))},
)
SHOW = _operation(
    summary="Show a webhook",
    answers={200: Answer(description="The webhook.", schema=_WEBHOOK)},
    errors=(MalformedIdError,),
)
UPDATE = _operation(
    summary="Change a webhook",
    description="Its event cannot be changed; one that is given is ignored.",
    answers={204: Answer(description="It is changed.")},
    errors=(MalformedIdError, ConcurrentChangeError),
)
DELETE = _operation(
    summary="Delete a webhook",
    answers={204: Answer(description="It is gone.")},
    errors=(MalformedIdError, ConcurrentChangeError),
)
