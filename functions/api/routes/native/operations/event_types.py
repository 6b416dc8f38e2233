"""What `/v1/event-types` says of itself."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import TEXT, component, like, list_of, object_of
from functions.api.documentation.tags import CATALOGUE
from functions.api.routes.native.operations.shared import EVENT_TYPE
from parcelhook.errors import InvalidRequestError

_EVENT_TYPE = component(
    "EventType",
    object_of(
        type=EVENT_TYPE,
        publishable={
            "type": "boolean",
            "description": "False for what the service tells of itself.",
            "examples": [True],
        },
        description=like(TEXT, "The tracking status of a parcel has changed."),
        schema={"type": "object", "description": "JSON Schema (2020-12) of the data.", "examples": [{}]},
        sample={"type": "object", "description": "Data that fits.", "examples": [{"batch_id": "se-1013119"}]},
        dialects={
            "type": "object",
            "description": "By the dialect's name.",
            "additionalProperties": object_of(
                event=like(TEXT, "track"), body={"type": ["object", "string"], "description": "Made of the sample."}
            ),
            "examples": [{"shippo": {"event": "batch_created", "body": {"event": "batch_created"}}}],
        },
    ),
    "What may be published or is told by the service, and what subscribers get.",
)
LIST = Operation(
    summary="List the event types",
    tag=CATALOGUE,
    answers={200: Answer(description="All event types.", schema=object_of(event_types=list_of(_EVENT_TYPE)))},
    errors=(InvalidRequestError,),
    is_public=True,
)
