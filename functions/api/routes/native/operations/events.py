"""What `/v1/events` says of itself."""

from typing import Any

from functions.api.documentation.operations import Answer, Operation, Parameter
from functions.api.documentation.schemas import (
    MOMENT,
    TEXT,
    URL,
    Schema,
    component,
    like,
    list_of,
    object_of,
    one_of,
    or_empty,
    or_null,
)
from functions.api.documentation.tags import EVENTS
from functions.api.routes.native.operations.shared import (
    ATTEMPT,
    COUNT,
    CURSOR,
    DELIVERY_ID,
    DELIVERY_SUMMARY,
    DIALECT,
    EVENT_ID,
    EVENT_TYPE,
    LIMIT,
    MODE,
    NEXT,
    SUBSCRIPTION_ID,
)
from parcelhook.errors import EventIdReusedError, LoopError, TooManyEventsError
from parcelhook.model.delivery import DeliveryState
from parcelhook.model.event import HOPS_HEADER, EventType

_EVENT = {
    "id": EVENT_ID,
    "type": EVENT_TYPE,
    "mode": MODE,
    "accepted_at": MOMENT,
    "occurred_at": MOMENT,
    "sequence": like(
        or_null({"type": "integer"}),
        1767607200000000,
        description="Of two events about one tracking number, the later has the greater. null without one.",
    ),
    "data": {
        "type": ["object", "null"],
        "description": "null once it is erased.",
        "examples": [{"tracking_number": "1Z999AA10123456784", "carrier": "ups", "status": "delivered"}],
    },
    "erased_at": like(or_null(MOMENT), None),
}
_ACCEPTED = component(
    "AcceptedEvent",
    object_of(id=EVENT_ID, type=EVENT_TYPE, mode=MODE, status={"type": "string", "const": "queued"}),
    "An event that is queued.",
)
_EXPLANATION = component(
    "Explanation",
    object_of(
        subscription_id=SUBSCRIPTION_ID,
        dialect=DIALECT,
        event=like(TEXT, "track"),
        url=URL,
        verdict=like(one_of([*DeliveryState, "not_sent"]), "not_sent"),
        reason=like(TEXT, "switched_off", description="A code that does not change with the wording."),
        explanation=like(TEXT, "The subscription is switched off."),
        delivery_id=like(or_null(DELIVERY_ID), None),
        attempt_count=like(COUNT, 0),
        last_attempt=like(or_null(ATTEMPT), None),
        next_attempt_at=like(or_null(MOMENT), None),
    ),
    "What became of an event for one subscription, and why.",
)


def publication_body() -> Schema:
    """One event or a list of them, the data of each as its type asks for."""
    from functions.api.publications import MOST_EVENTS
    from parcelhook.catalogue import schema
    from parcelhook.catalogue.catalogue import model_of, schema_of_model
    from parcelhook.catalogue.publication import Publication

    envelope = schema_of_model(Publication)
    definitions: dict[str, Any] = {}
    kinds: list[Schema] = []
    for event_type in EventType:
        made = schema(event_type)
        definitions |= made.pop("$defs", {})
        data = {name: value for name, value in made.items() if name not in {"$schema", "title"}}
        model = model_of(event_type)
        definitions[model.__name__] = data | {"description": model.__doc__}
        members = envelope["properties"] | {
            "type": {"const": event_type},
            "data": {"$ref": f"#/$defs/{model.__name__}"},
        }
        kinds.append(envelope | {"title": event_type, "properties": members})
    definitions["Publication"] = {"oneOf": kinds, "description": "One event as its publisher tells it."}
    one = {"$ref": "#/$defs/Publication"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_EVENTS}
    return {"anyOf": [one, many], "$defs": definitions}


PUBLISH = Operation(
    summary="Publish events",
    description=(
        "One event, or a list of 1 to 100; all or nothing. An event with an `id` of yours counts once in 24 hours: the "
        "same content gives the same answer, other content is a 409. After a 503, call again."
    ),
    tag=EVENTS,
    parameters=(
        Parameter(
            name=HOPS_HEADER,
            place="header",
            description="The header of the delivery from which this event follows, if it does. More than 3 is refused.",
            schema={"type": "integer", "minimum": 0, "maximum": 3},
        ),
    ),
    answers={
        202: Answer(
            description="What is queued, in the form in which it was given.",
            schema={"anyOf": [_ACCEPTED, object_of(events=list_of(_ACCEPTED))]},
        )
    },
    errors=(LoopError, TooManyEventsError, EventIdReusedError),
).taking(
    publication_body,
    example={
        "type": "tracking.updated",
        "data": {"tracking_number": "1Z999AA10123456784", "carrier": "ups", "status": "in_transit"},
    },
)
LIST = Operation(
    summary="List events",
    description="Newest first.",
    tag=EVENTS,
    parameters=(
        Parameter(name="type", description="Only those of this type.", schema=or_empty(EVENT_TYPE)),
        LIMIT,
        CURSOR,
    ),
    answers={
        200: Answer(
            description="A page.", schema=object_of(events=list_of(component("Event", object_of(**_EVENT))), next=NEXT)
        )
    },
)
SHOW = Operation(
    summary="Show an event",
    description="It can be read once it is dispatched, normally within a second.",
    tag=EVENTS,
    answers={
        200: Answer(
            description="With its deliveries.",
            schema=component("EventWithDeliveries", object_of(**_EVENT, deliveries=list_of(DELIVERY_SUMMARY))),
        )
    },
)
EXPLAIN = Operation(
    summary="Explain an event",
    description="For each subscription of the account in the event's mode, why the event went there or did not.",
    tag=EVENTS,
    answers={
        200: Answer(
            description="One explanation for each subscription.",
            schema=object_of(event_id=EVENT_ID, type=EVENT_TYPE, mode=MODE, subscriptions=list_of(_EXPLANATION)),
        )
    },
)
ERASE = Operation(
    summary="Erase an event's data",
    description=(
        "From all that is kept of it and from what waits to be sent. A tombstone stays. What a worker has in hand then "
        "is erased too, within seven minutes."
    ),
    tag=EVENTS,
    answers={204: Answer(description="It is erased, also where it was before.")},
)
