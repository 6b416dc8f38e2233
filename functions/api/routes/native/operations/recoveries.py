"""What `/v1/subscriptions/{id}/recover` and `/v1/recoveries` say of themselves."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import MOMENT, component, like, list_of, object_of, one_of, or_null, text
from functions.api.documentation.tags import RECOVERIES
from functions.api.routes.native.operations.shared import COUNT, RECOVERY_ID, SUBSCRIPTION_ID
from parcelhook.errors import ConflictError
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.recovery import RecoveryState

_RECOVERY = component(
    "Recovery",
    object_of(
        id=RECOVERY_ID,
        subscription_id=SUBSCRIPTION_ID,
        since=MOMENT,
        until=like(or_null(MOMENT), None),
        states=list_of(like(one_of(DeliveryState), "discarded")),
        state=one_of(RecoveryState),
        found=like(COUNT, 1200, description="How many there are, as far as is known."),
        queued=like(COUNT, 400),
        created_at=MOMENT,
        updated_at=MOMENT,
    ),
    "Deliveries of a subscription that are to be sent again, and how far that has come.",
)
_ESTIMATE = component(
    "RecoveryEstimate",
    object_of(
        dry_run={"type": "boolean", "const": True},
        deliveries=like(COUNT, 1200),
        seconds=like(COUNT, 120),
        cost_usd=text(r"^[0-9.]+$", "0.0123", description="At AWS's list prices."),
    ),
    "What a recovery would be.",
)
RECOVER = Operation(
    summary="Send deliveries again",
    description=(
        "All deliveries of events accepted from `since` to `until` that are in one of `states`, at a bounded rate. 409 "
        "where the subscription is switched off or disabled, or has a recovery that runs."
    ),
    tag=RECOVERIES,
    answers={
        200: Answer(description="For a `dry_run`: how much it would be.", schema=_ESTIMATE),
        202: Answer(
            description="The recovery, which runs.",
            schema=_RECOVERY,
            headers={"Location": "Where to read how far it is."},
        ),
    },
    errors=(ConflictError,),
)
LIST = Operation(
    summary="List recoveries of a subscription",
    description="The latest, newest first.",
    tag=RECOVERIES,
    answers={200: Answer(description="The latest.", schema=object_of(recoveries=list_of(_RECOVERY)))},
)
SHOW = Operation(
    summary="Show a recovery",
    tag=RECOVERIES,
    answers={200: Answer(description="How far it has come.", schema=_RECOVERY)},
)
CANCEL = Operation(
    summary="Cancel a recovery",
    description="One that has ended stays as it is.",
    tag=RECOVERIES,
    answers={200: Answer(description="The recovery.", schema=_RECOVERY)},
    errors=(ConflictError,),
)
