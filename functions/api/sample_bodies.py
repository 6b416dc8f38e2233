"""What subscribers get for the catalogue's samples, to be shown beside them."""

import json
from datetime import datetime

from functions.api.http import JSON
from parcelhook.catalogue import sample
from parcelhook.dialects.base import Dialect
from parcelhook.model.account import Mode
from parcelhook.model.event import Event, EventType
from parcelhook.model.subscription import Subscription


def sample_body(
    dialect: Dialect, name: str, event_type: EventType, *, now: datetime, **fields: str
) -> tuple[str, object]:
    """Content type and body of what a subscriber with these `dialect_fields` gets for the catalogue's sample.

    The body is as JSON, or as the text that it is.
    """
    event = Event(
        ulid="01JD0000000000000000000000",
        account_id="",
        mode=Mode.LIVE,
        type=event_type,
        data=sample(event_type),
        accepted_at=now,
        occurred_at=now,
    )
    subscription = Subscription(
        id="",
        account_id="",
        mode=Mode.LIVE,
        dialect=dialect.name,
        event_name=name,
        event_types=(event_type,),
        url="",
        created_at=now,
        updated_at=now,
        dialect_fields=fields,
    )
    body = dialect.body(event, subscription)
    content: object = json.loads(body.content) if body.content_type == JSON else body.content.decode()
    return body.content_type, content
