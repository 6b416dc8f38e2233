"""What a subscription of any dialect may say of itself on our own routes, by the rules of the vendors' routes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from functions.api.bodies import header_faults, url_problems
from parcelhook.catalogue.values import below
from parcelhook.dialects.base import Dialect
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.model import subscription
from parcelhook.model.event import EventType
from parcelhook.model.milestones import Milestone
from parcelhook.security.headers import MOST_HEADERS
from parcelhook.services.api import ApiServices

Headers = Annotated[dict[str, str], Field(max_length=MOST_HEADERS)]
"""Names of headers, and their values."""


def dialect_named(name: str, services: ApiServices) -> Dialect:
    """The dialect of this name. Raises `InvalidRequestError`."""
    for dialect in services.dialects.known:
        if dialect.name == name:
            return dialect
    known = ", ".join(dialect.name for dialect in services.dialects.known)
    raise InvalidRequestError([Problem("/dialect", f"The dialect must be one of {known}.")])


def place_problems(url: str, dialect: Dialect, services: ApiServices) -> list[Problem]:
    """What keeps `url` from being an endpoint of a subscription in this dialect."""
    longest = dialect.longest_url
    if longest is not None and len(url) > longest:
        return [Problem("/url", f"The URL must be at most {longest} characters long.")]
    return url_problems(url, services)


def header_problems(headers: Mapping[str, str] | None, services: ApiServices) -> list[Problem]:
    """What is wrong with the headers that a subscriber asks for."""
    return [
        Problem(below("/headers", name), fault)
        for name, value in (headers or {}).items()
        for fault in header_faults(name, value, services).values()
    ]


def milestone_problems(milestones: Sequence[Milestone] | None, event_types: Collection[EventType]) -> list[Problem]:
    """What keeps a subscription to `event_types` from choosing milestones."""
    if milestones is None or EventType.TRACKING_UPDATED in event_types:
        return []
    return [Problem("/milestones", "Only a subscription that gets tracking updates can choose among them.")]


def pairs(headers: Mapping[str, str] | None) -> subscription.Headers:
    """Headers as subscriptions keep them."""
    return tuple((headers or {}).items())
