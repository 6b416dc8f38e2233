"""What eHub's routes are told: bodies and queries."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from functions.api.bodies import BodyModel
from parcelhook.catalogue.faults import fault
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.security.sealing import Sealer, place
from parcelhook.services.api import ApiServices

# At most so far may deliveries be sent again (eHub's reference, `rewind_to_date`).
LONGEST_REWIND = timedelta(days=30)
LONGEST_PAGE = 100
_LONGEST_SECRET = 500


class Status(StrEnum):
    """What a subscriber may set. The system adds `error_disabled`."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class PayloadFormat(StrEnum):
    """How a delivery is written."""

    JSON = "json"
    XML = "xml"


class AuthType(StrEnum):
    """How a delivery proves where it comes from."""

    HMAC = "hmac"
    HTTP_BASIC = "http_basic"


def _choice(choices: type[StrEnum]) -> BeforeValidator:
    """Enumerations come as text."""

    def chosen(value: object) -> StrEnum | None:
        if value is None or value in list(choices):
            return None if value is None else choices(str(value))
        raise fault(f"This must be one of {', '.join(choices)}.")

    return BeforeValidator(chosen)


Secret = Annotated[str, Field(min_length=1, max_length=_LONGEST_SECRET)]


class SubscriptionChange(BodyModel):
    """What may be changed. Members that the vendor does not know are ignored, as by the vendor."""

    SECRETS: ClassVar[Sequence[str]] = ("hmac_shared_secret", "http_username", "http_password")

    url: str | None = None
    status: Annotated[Status, _choice(Status)] | None = None
    payload_format: Annotated[PayloadFormat, _choice(PayloadFormat)] | None = None
    auth_type: Annotated[AuthType, _choice(AuthType)] | None = None
    hmac_shared_secret: Secret | None = None
    http_username: Secret | None = None
    http_password: Secret | None = None
    rewind_to_date: str | None = None


class NewSubscription(BodyModel):
    """What must be said of a new one."""

    subscription_type: str
    url: str
    status: Annotated[Status, _choice(Status)]
    payload_format: Annotated[PayloadFormat, _choice(PayloadFormat)]
    auth_type: Annotated[AuthType, _choice(AuthType)]
    hmac_shared_secret: Secret | None = None
    http_username: Secret | None = None
    http_password: Secret | None = None


Wanted = NewSubscription | SubscriptionChange


def credentials_problems(wanted: Wanted, known: Mapping[str, bytes]) -> list[Problem]:
    """What basic authentication lacks, and what a user name may not have (RFC 7617)."""
    problems = []
    if wanted.auth_type is AuthType.HTTP_BASIC:
        problems = [
            Problem(f"/{name}", "This is required where auth_type is http_basic.")
            for name in ("http_username", "http_password")
            if getattr(wanted, name) is None and name not in known
        ]
    if wanted.http_username and ":" in wanted.http_username:
        problems.append(Problem("/http_username", "A user name must not have a colon."))
    return problems


def seal(wanted: Wanted, subscription_id: str, services: ApiServices) -> dict[str, bytes]:
    """The secrets that were supplied, encrypted."""
    supplied = {name: getattr(wanted, name) for name in SubscriptionChange.SECRETS if getattr(wanted, name)}
    if not supplied:
        return {}
    sealer = Sealer(services.secrets.master())
    return {
        name: sealer.seal(secret, place(subscription_id, name), services.ids.random_bytes)
        for name, secret in supplied.items()
    }


def rewind_from(wanted: SubscriptionChange, now: datetime) -> datetime | None:
    """From when on deliveries are to be sent again. Raises `InvalidRequestError`."""
    if wanted.rewind_to_date is None:
        return None
    try:
        moment = datetime.fromisoformat(wanted.rewind_to_date)
    except ValueError as error:
        raise _rewind_problem("This must be a date or a date and time (ISO 8601).") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not now - LONGEST_REWIND <= moment <= now:
        raise _rewind_problem(f"This must lie within the last {LONGEST_REWIND.days} days.")
    return moment


def _rewind_problem(message: str) -> InvalidRequestError:
    return InvalidRequestError([Problem("/rewind_to_date", message)])


def page_of(told: Sequence[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The page that `?page=&per_page=` asks for. Raises `InvalidRequestError`."""
    page, size = _whole(query, "page", 1, 10**6), _whole(query, "per_page", LONGEST_PAGE, LONGEST_PAGE)
    return list(told[(page - 1) * size : page * size])


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= 7 and 1 <= int(text) <= most):
        raise InvalidRequestError([Problem(f"/{name}", f"This must be a whole number from 1 to {most}.")])
    return int(text)
