"""What eHub's routes say of themselves."""

from functools import partial

from functions.api.documentation.operations import Answer, ErrorForm, GroupDocumentation, Operation, Parameter
from functions.api.documentation.schemas import (
    MOMENT,
    TEXT,
    URL,
    WHOLE,
    component,
    like,
    list_of,
    object_of,
    one_of,
    or_null,
    text,
)
from functions.api.documentation.tags import EHUB
from functions.api.problems import told_of_kind
from functions.api.routes.ehub_bodies import LONGEST_PAGE, AuthType, PayloadFormat, Status
from functions.api.routes.ehub_errors import KINDS
from parcelhook.dialects.ehub import EVENT_NAMES
from parcelhook.errors import ConcurrentChangeError, ConflictError, InvalidRequestError, ParcelhookError

_STATUS = one_of([*Status, "error_disabled"])
_FIRST = {
    "id": like(WHOLE, 1234567890123),
    "subscription_type": one_of(EVENT_NAMES),
    "status": _STATUS,
    "url": URL,
    "payload_format": one_of(PayloadFormat),
    "auth_type": one_of(AuthType),
}
_SUBSCRIPTION = component(
    "EHubSubscription",
    object_of(
        **_FIRST,
        hmac_shared_secret=like(or_null({"type": "string", "const": "********"}), "********"),
        last_pushed_at=or_null(MOMENT),
        last_pushed_id=like(or_null(TEXT), "evt_01JD0000000000000000000000"),
        error_count={"type": "integer", "minimum": 0},
        last_response_code=like(or_null(WHOLE), 200),
        last_response_message=like(or_null(TEXT), None),
    ),
    "A subscription; its secret is masked.",
)
_NEW = component(
    "EHubNewlyMadeSubscription",
    object_of(**_FIRST, hmac_shared_secret=like(or_null(TEXT), "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")),
    "A subscription that was just made, with the secret that signs its deliveries.",
)
_ERROR = component(
    "EHubError",
    object_of(
        status={"type": "string", "const": "error"},
        error_code=like(TEXT, "errors.insufficient_scope"),
        error_message=like(TEXT, "Token does not allow access to service."),
    ),
    "eHub's body of all errors.",
)


def _status(kind: type[ParcelhookError]) -> int:
    return told_of_kind(kind, KINDS)[0]


DOCUMENTATION = GroupDocumentation(
    name="EHub",
    errors=ErrorForm(status=_status, schema=_ERROR),
    security=("Bearer",),
    path_parameters={"subscription_id": text("^[1-9][0-9]{0,14}$", "1234567890123")},
)
_operation = partial(Operation, tag=EHUB)
CREATE = _operation(
    summary="Subscribe",
    description="With `http_basic`, `http_username` and `http_password` are required.",
    answers={201: Answer(description="The subscription. Only this answer tells the secret.", schema=_NEW)},
)
LIST = _operation(
    summary="List subscriptions",
    parameters=(
        Parameter(name="subscription_type", description="Only those of this type."),
        Parameter(name="status", description="Only those of this status."),
        Parameter(name="page", description="From 1.", schema={"type": "integer", "minimum": 1, "maximum": 10**6}),
        Parameter(
            name="per_page",
            description="How many a page has.",
            schema={"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE},
        ),
    ),
    answers={200: Answer(description="A page.", schema=object_of(subscriptions=list_of(_SUBSCRIPTION)))},
    errors=(InvalidRequestError,),
)
SHOW = _operation(
    summary="Show a subscription",
    answers={200: Answer(description="The subscription.", schema=_SUBSCRIPTION)},
)
UPDATE = _operation(
    summary="Change a subscription",
    description=(
        "Setting `status` to `active` forgets its failures and sends what was held. `rewind_to_date`, at most 30 days "
        "back, sends again what was delivered or given up since."
    ),
    answers={200: Answer(description="The subscription.", schema=_SUBSCRIPTION)},
    errors=(ConflictError, ConcurrentChangeError),
)
DELETE = _operation(
    summary="Delete a subscription",
    answers={204: Answer(description="It is gone.")},
    errors=(ConcurrentChangeError,),
)
