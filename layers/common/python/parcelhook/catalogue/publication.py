"""One item of what a publisher sends: the envelope around an event's data."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from parcelhook.catalogue import moments
from parcelhook.catalogue.catalogue import canonical, model_of
from parcelhook.catalogue.faults import fault, text_of
from parcelhook.catalogue.fields import Data, EventData
from parcelhook.catalogue.problems import read, refusal
from parcelhook.catalogue.values import below, check, kind
from parcelhook.errors import Problem
from parcelhook.model.event import PUBLISHABLE, EventType, event_id
from parcelhook.values import value

MAX_CLIENT_ID = 64
MAX_AHEAD = timedelta(days=1)
"""How far a publisher's clock may be ahead of ours."""

_OUR_PREFIX = event_id("")
# What is printable in ASCII without what a path or a query gives a meaning to, or the routing does not take for a part
# of a path: ids are read back in paths.
_CLIENT_ID = r"[!$&-.0->@-\[\]-_a-~]+"


def _type(value: object) -> EventType:
    text = text_of(value)
    try:
        return PUBLISHABLE[PUBLISHABLE.index(EventType(text))]
    except ValueError as error:
        raise fault(f"This must be one of {', '.join(PUBLISHABLE)}.") from error


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise fault(f"This must be an object, not {kind(value)}.")
    return value


def _client_id(value: object) -> str:
    text = text_of(value)
    if not 1 <= len(text) <= MAX_CLIENT_ID:
        raise fault(f"An id must have 1 to {MAX_CLIENT_ID} characters.")
    if not re.fullmatch(_CLIENT_ID, text):
        raise fault("An id must be printable ASCII without spaces, quotation marks, backticks and / ? # % \\.")
    if text.startswith(_OUR_PREFIX):
        raise fault(f"An id must not start with {_OUR_PREFIX}, as those that this service gives do.")
    if text in {".", ".."}:
        raise fault("An id must not be . or .., which cannot be part of a path.")
    return text


def _occurred_at(value: object, info: ValidationInfo) -> datetime:
    moment = moments.instant(moments.moment(value))
    now = (info.context or {}).get("now")
    if now is not None and moment > now + MAX_AHEAD:
        raise fault("This time lies more than a day in the future.")
    return moment


_TYPE_SCHEMA = {"type": "string", "enum": [str(event_type) for event_type in PUBLISHABLE]}
_ID_SCHEMA = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_CLIENT_ID,
    "pattern": rf"^(?!{_OUR_PREFIX}|\.\.?$){_CLIENT_ID}$",
}


class Publication(Data):
    """What a publisher says of one event. `data` has the form that its type asks for."""

    type: Annotated[EventType, PlainValidator(_type), WithJsonSchema(_TYPE_SCHEMA)]
    data: Annotated[dict[str, Any], PlainValidator(_object), WithJsonSchema({"type": "object"})]
    id: Annotated[str, PlainValidator(_client_id), WithJsonSchema(_ID_SCHEMA)] | None = None
    occurred_at: Annotated[datetime, PlainValidator(_occurred_at), WithJsonSchema(moments.MOMENT_SCHEMA)] | None = None


@value(kw_only=True)
class ParsedPublication:
    """A publication that is accepted, its data in canonical form."""

    type: EventType
    data: dict[str, Any]
    client_id: str | None
    occurred_at: datetime | None


def parse_publication(item: object, *, pointer: str, now: datetime) -> ParsedPublication:
    """`item` as a publication. Raises `InvalidRequestError` with all its problems, in envelope and data, at once."""
    plain, problems = check(item, pointer)
    envelope, found = read(Publication, plain, pointer=pointer, context={"now": now})
    data, found_in_data = _read_data(plain, pointer)
    problems += found + found_in_data
    if problems or envelope is None or data is None:
        raise refusal(problems, pointer=pointer)
    return ParsedPublication(
        type=envelope.type, data=canonical(data), client_id=envelope.id, occurred_at=envelope.occurred_at
    )


def _read_data(item: object, pointer: str) -> tuple[EventData | None, list[Problem]]:
    # Read beside the envelope rather than after it, so that a fault in one does not hide those in the other.
    if not isinstance(item, dict) or "data" not in item or item.get("type") not in list(PUBLISHABLE):
        return None, []
    return read(model_of(EventType(item["type"])), item["data"], pointer=below(pointer, "data"))
