"""The types that members of event data have, and the model that all data derives from."""

import re
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from parcelhook.catalogue import moments
from parcelhook.catalogue.faults import fault, text_of
from parcelhook.catalogue.values import kind
from parcelhook.model.tracking import SHIPENGINE_STATUSES, TrackingStatus, tracking_status

MAX_TEXT = 5_000
MAX_URL = 4_096
MAX_LINE = 100
MAX_INTEGER = 2**63 - 1

# One line that neither begins nor ends with a space: no control character, which would break headers and paths.
_LINE = r"[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f])?"
_CODE = r"[A-Za-z0-9._-]+"
_WEB_ADDRESS = r"https?://[^\s\x00-\x1f\x7f-\x9f]+"


TEXT_FORM, OBJECT_FORM = FORM_TAGS = ("<text>", "<object>")
"""How the branches of a member that is either text or an object are told apart."""


class Data(BaseModel):
    """Data of an event, or a part of it. Only what it names may be given, and nothing is converted by guess.

    Models are built when they are first used: all of them would be a sixth of a cold start, and a call needs one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    # Whether a null that was given is part of what was said, or the same as not saying it.
    keeps_nulls: ClassVar[bool] = False


def _line(text: str) -> str:
    if not re.fullmatch(_LINE, text):
        raise fault("This must be one line without control characters, and without spaces at its ends.")
    return text


def _code(text: str) -> str:
    if not re.fullmatch(_CODE, text):
        raise fault("This must be a code of letters, digits, dots, hyphens and underscores.")
    return text


def _id(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value <= MAX_INTEGER:
            return str(value)
        raise fault(f"An id that is a number must lie between 0 and {MAX_INTEGER}.")
    if not isinstance(value, str):
        raise fault(f"An id must be text or a whole number, not {kind(value)}.")
    if not 1 <= len(value) <= MAX_LINE:
        raise fault(f"An id must have 1 to {MAX_LINE} characters.")
    return _line(value)


def _whole_or_text(value: object) -> int | str:
    _id(value)
    return value if isinstance(value, int) else str(value)


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault(f"This must be a number, not {kind(value)}.")
    return value


def _url(value: object) -> str:
    text = text_of(value)
    if len(text) > MAX_URL:
        raise fault(f"This URL is longer than {MAX_URL:,} characters.")
    if not re.fullmatch(_WEB_ADDRESS, text, re.IGNORECASE) or not _has_host(text):
        raise fault("This must be an absolute http or https URL, such as https://example.com/path.")
    return text


def _has_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _status(value: object) -> str:
    status = tracking_status(text_of(value))
    if status is None:
        ours, theirs = ", ".join(TrackingStatus), ", ".join(SHIPENGINE_STATUSES)
        raise fault(f"This must be one of {ours}; or a ShipEngine code: {theirs}.")
    return status.value


def _metadata(value: object) -> str | dict[str, Any]:
    if not isinstance(value, str | dict):
        raise fault(f"This must be text or an object, not {kind(value)}.")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise fault(f"This text is longer than {MAX_TEXT:,} characters.")
    return value


def _any_case(text: str) -> str:
    return "".join(f"[{letter}{letter.lower()}]" for letter in text)


_ID_SCHEMA = {
    "anyOf": [
        {"type": "string", "minLength": 1, "maxLength": MAX_LINE, "pattern": f"^{_LINE}$"},
        {"type": "integer", "minimum": 0, "maximum": MAX_INTEGER},
    ]
}
_STATUS_SCHEMA = {
    "anyOf": [
        {"type": "string", "enum": [str(status) for status in TrackingStatus]},
        {"type": "string", "pattern": f"^({'|'.join(map(_any_case, SHIPENGINE_STATUSES))})$"},
    ]
}
_METADATA_SCHEMA = {"anyOf": [{"type": "string", "maxLength": MAX_TEXT}, {"type": "object"}]}
_URL_SCHEMA = {"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://", "maxLength": MAX_URL}

Text = Annotated[str, Field(max_length=MAX_TEXT)]
"""Any text. It may be empty: vendors send `""` for what they do not know."""
Line = Annotated[
    str,
    Field(min_length=1, max_length=MAX_LINE, json_schema_extra={"pattern": f"^{_LINE}$"}),
    AfterValidator(_line),
]
Code = Annotated[
    str,
    Field(min_length=1, max_length=64, json_schema_extra={"pattern": f"^{_CODE}$"}),
    AfterValidator(_code),
]
Integer = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Number = Annotated[int | float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
"""A number as it was given: 40 stays 40, and 40.0 stays 40.0."""
Latitude = Annotated[
    int | float,
    PlainValidator(_number),
    Field(ge=-90, le=90),
    WithJsonSchema({"type": "number", "minimum": -90, "maximum": 90}),
]
Longitude = Annotated[
    int | float,
    PlainValidator(_number),
    Field(ge=-180, le=180),
    WithJsonSchema({"type": "number", "minimum": -180, "maximum": 180}),
]

Id = Annotated[str, PlainValidator(_id), WithJsonSchema(_ID_SCHEMA)]
"""An id that one vendor writes as text (`se-115`) and another as a number (115). It becomes text."""
WholeOrTextId = Annotated[int | str, PlainValidator(_whole_or_text), WithJsonSchema(_ID_SCHEMA)]
"""An id that stays as it was given."""

Moment = Annotated[str, PlainValidator(moments.moment), WithJsonSchema(moments.MOMENT_SCHEMA)]
DayOrMoment = Annotated[str, PlainValidator(moments.day_or_moment), WithJsonSchema(moments.DAY_OR_MOMENT_SCHEMA)]
LocalTime = Annotated[str, PlainValidator(moments.local_time), WithJsonSchema(moments.LOCAL_TIME_SCHEMA)]

Url = Annotated[str, PlainValidator(_url), WithJsonSchema(_URL_SCHEMA)]
Status = Annotated[str, PlainValidator(_status), WithJsonSchema(_STATUS_SCHEMA)]
"""A `TrackingStatus`, however it was written."""
Metadata = Annotated[str | dict[str, Any], PlainValidator(_metadata), WithJsonSchema(_METADATA_SCHEMA)]


class EventData(Data):
    """The whole data of an event."""

    resource_url: Url | None = None
    """Where to read more. It is what ShipEngine's deliveries carry as `resource_url`."""
