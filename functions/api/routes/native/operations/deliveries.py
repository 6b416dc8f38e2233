"""What `/v1/deliveries` says of itself."""

from functions.api.documentation.operations import Answer, Operation, Parameter
from functions.api.documentation.schemas import list_of, object_of, one_of, or_empty
from functions.api.documentation.tags import DELIVERIES
from functions.api.routes.native.operations.shared import (
    CURSOR,
    DELIVERY,
    DELIVERY_SUMMARY,
    EVENT_TYPE,
    LIMIT,
    NEXT,
    SUBSCRIPTION_ID,
)
from parcelhook.errors import ConflictError
from parcelhook.model.delivery import DeliveryState

LIST = Operation(
    summary="List deliveries",
    description="Those of the newest events first.",
    tag=DELIVERIES,
    parameters=(
        Parameter(name="state", description="Only those in this state.", schema=or_empty(one_of(DeliveryState))),
        Parameter(name="subscription", description="Only those to it.", schema=or_empty(SUBSCRIPTION_ID)),
        Parameter(name="event_type", description="Only those of this type.", schema=or_empty(EVENT_TYPE)),
        Parameter(name="tracking_number", description="Only those about this parcel."),
        LIMIT,
        CURSOR,
    ),
    answers={
        200: Answer(description="A page.", schema=object_of(deliveries=list_of(DELIVERY_SUMMARY), next=NEXT)),
    },
)
SHOW = Operation(
    summary="Show a delivery",
    tag=DELIVERIES,
    answers={200: Answer(description="With all its attempts.", schema=DELIVERY)},
)
RETRY = Operation(
    summary="Try a delivery again",
    description=(
        "At once and whatever its state; counted apart, so that the retry policy goes on as it was. 409 where nothing "
        "can be sent: the subscription or the event's data is gone, or the subscription is switched off."
    ),
    tag=DELIVERIES,
    answers={202: Answer(description="The delivery as it stands before.", schema=DELIVERY_SUMMARY)},
    errors=(ConflictError,),
)
