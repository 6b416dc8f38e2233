"""What Shippo's routes say of themselves."""

from functools import partial
from typing import Any

from functions.api.documentation.operations import Answer, Body, ErrorForm, GroupDocumentation, Operation, Parameter
from functions.api.documentation.schemas import (
    MOMENT,
    TEXT,
    URL,
    YES_OR_NO,
    Schema,
    component,
    like,
    list_of,
    object_of,
    one_of,
    text,
)
from functions.api.documentation.tags import SHIPPO
from functions.api.problems import told_of_kind
from functions.api.routes.shippo.bodies import FORM
from functions.api.routes.shippo.errors import STATUSES
from functions.api.routes.shippo.operations_tracks import TRACK
from parcelhook.dialects.shippo import EVENT_NAMES, LONGEST_URL
from parcelhook.errors import (
    ConcurrentChangeError,
    InvalidRequestError,
    LoopError,
    NotFoundError,
    ParcelhookError,
    TooManyEventsError,
)
from parcelhook.model.event import HOPS_HEADER
from parcelhook.model.tracking import LONGEST_NUMBER

_ID = text("^[0-9a-f]{32}$", "adcfdddf8ec64b84ad22772bce3ea37a")
_WEBHOOK = component(
    "ShippoWebhook",
    object_of(
        object_id=_ID,
        object_owner=like(TEXT, "acct_01JD0000000000000000000000"),
        object_created=MOMENT,
        object_updated=MOMENT,
        event=like(one_of(EVENT_NAMES), "track_updated"),
        url=URL,
        active=YES_OR_NO,
        is_test=like(YES_OR_NO, False),
    ),
    "A webhook.",
)
_PAGE = component(
    "ShippoWebhooks",
    object_of(
        optional=("next", "previous"),
        next=like(URL, "https://api.example.com/webhooks?page=3"),
        previous=like(URL, "https://api.example.com/webhooks?page=1"),
        count={"type": "integer", "minimum": 0},
        results=list_of(_WEBHOOK),
    ),
    "A page of webhooks. Where there is no neighbour, its member is left out.",
)
_ERROR = component(
    "ShippoError",
    {
        "anyOf": [
            object_of(detail=like(TEXT, "Not found.")),
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": "array", "items": TEXT, "minItems": 1},
                "examples": [{"url": ["This field is required."]}],
            },
        ]
    },
    "One `detail` for the request, or the messages of each member.",
)


def _status(kind: type[ParcelhookError]) -> int:
    return told_of_kind(kind, STATUSES)


DOCUMENTATION = GroupDocumentation(
    name="Shippo",
    errors=ErrorForm(status=_status, schema=_ERROR),
    security=("ShippoToken", "Bearer"),
    path_parameters={
        "webhook_id": _ID,
        "carrier": like(TEXT, "usps"),
        "tracking_number": like(TEXT, "9205590164917312751089"),
    },
)


def _members(required: tuple[str, ...], **members: Schema) -> Schema:
    """What is read of a body; members that the vendor does not know are ignored, and null is not said."""
    nullable = {
        name: schema if name in required else {"anyOf": [schema, {"type": "null"}]} for name, schema in members.items()
    }
    return {"type": "object", "properties": nullable, "required": list(required)}


_BOOLEAN: Schema = {"enum": [True, False, "true", "false", "True", "False", "1", "0", 1, 0]}
_SAID: dict[str, Schema] = {
    "event": one_of(EVENT_NAMES),
    "url": {"type": "string", "minLength": 1, "maxLength": LONGEST_URL, "pattern": r"^https?://\S+$"},
    "active": like(_BOOLEAN, True),
    "is_test": like(_BOOLEAN, False, description="The token tells the mode; true is refused with a live token."),
}
_PARCEL: dict[str, Schema] = {
    "carrier": like(TEXT, "usps"),
    "tracking_number": {"type": "string", "minLength": 1, "maxLength": LONGEST_NUMBER},
    "metadata": {"type": "string", "maxLength": 5000},
}


def _body(schema: Schema, example: dict[str, Any]) -> Body:
    return Body(schema=schema, example=example, content_types=("application/json", FORM))


_operation = partial(Operation, tag=SHIPPO)
CREATE = _operation(
    summary="Create a webhook",
    description="An event may have many.",
    body=_body(_members(("event", "url"), **_SAID), {"event": "track_updated", "url": "https://example.com/hook"}),
    parameters=(
        Parameter(
            name="Shippo-API-Version",
            place="header",
            description="Named on deliveries, if it is not before 2018-02-08.",
        ),
    ),
    answers={201: Answer(description="The webhook.", schema=_WEBHOOK)},
)
LIST = _operation(
    summary="List webhooks",
    description="Oldest first.",
    parameters=(
        Parameter(name="page", description="From 1.", schema={"type": "integer", "minimum": 1}),
        Parameter(
            name="results",
            description="How many a page has, at most 100; what is no number from 1 means 25.",
            schema=like(TEXT, "25"),
        ),
    ),
    answers={200: Answer(description="A page.", schema=_PAGE)},
    errors=(NotFoundError,),
)
SHOW = _operation(
    summary="Show a webhook",
    answers={200: Answer(description="The webhook.", schema=_WEBHOOK)},
)
UPDATE = _operation(
    summary="Change a webhook",
    description="What is not said stays as it is.",
    body=_body(_members((), **_SAID), {"event": "all", "url": "https://example.com/hook", "active": False}),
    answers={200: Answer(description="The webhook.", schema=_WEBHOOK)},
    errors=(ConcurrentChangeError,),
)
DELETE = _operation(
    summary="Delete a webhook",
    answers={204: Answer(description="It is gone.")},
    errors=(ConcurrentChangeError,),
)
REGISTER_TRACK = _operation(
    summary="Register a tracking number",
    description=(
        "The carrier `shippo` is a mock, with the numbers `SHIPPO_PRE_TRANSIT`, `SHIPPO_TRANSIT`, `SHIPPO_DELIVERED`, "
        "`SHIPPO_RETURNED`, `SHIPPO_FAILURE` and `SHIPPO_UNKNOWN`; with a test token, test webhooks hear of them."
    ),
    body=_body(
        _members(("carrier", "tracking_number"), **_PARCEL),
        {"carrier": "usps", "tracking_number": "9205590164917312751089"},
    ),
    parameters=(
        Parameter(name=HOPS_HEADER, place="header", description="As for `POST /v1/events`; read for the mock carrier."),
    ),
    answers={200: Answer(description="The Track.", schema=TRACK)},
    errors=(LoopError, TooManyEventsError),
)
SHOW_TRACK = _operation(
    summary="Show a Track",
    description="As last published; it need not be registered, if that was lately.",
    answers={200: Answer(description="The Track.", schema=TRACK)},
    errors=(InvalidRequestError,),
)
