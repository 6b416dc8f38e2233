"""Bodies of requests as models."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from parcelhook.catalogue.problems import read, refusal
from parcelhook.catalogue.values import check
from parcelhook.dialects.base import Dialect
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.security.headers import name_fault, value_fault
from parcelhook.services.api import ApiServices


class BodyModel(BaseModel):
    """A body, or a part of one. Built when it is first used: a call needs one of them, a cold start none."""

    model_config = ConfigDict(strict=True, defer_build=True)


Model = TypeVar("Model", bound=BodyModel)


def url_problems(url: str, services: ApiServices) -> list[Problem]:
    """What keeps the member `url` from being an endpoint."""
    fault = services.endpoint_rules.fault(url)
    return [Problem("/url", fault)] if fault else []


def event_problems(event: str, dialect: Dialect, *, pointer: str = "/event") -> list[Problem]:
    """What keeps `event` from being one of the dialect's."""
    known = dialect.event_names
    return [] if event in known else [Problem(pointer, f"The event must be one of {', '.join(known)}.")]


def header_faults(name: str, value: str, services: ApiServices) -> dict[str, str]:
    """What is wrong with a header that a subscriber asks for: faults of its `key`, of its `value`."""
    faults = {"key": name_fault(name, services.dialects.own_headers), "value": value_fault(value)}
    return {member: fault for member, fault in faults.items() if fault}


def refuse(problems: Sequence[Problem]) -> None:
    """Raises `InvalidRequestError` if there are any."""
    if problems:
        raise InvalidRequestError(problems)


def parse(model: type[Model], value: object, *, context: Mapping[str, Any] | None = None) -> Model:
    """`value` as a `model`. Raises `InvalidRequestError` with all its problems at once."""
    plain, problems = check(value, "")
    parsed, found = read(model, plain, pointer="", context=context)
    if problems or found or parsed is None:
        raise refusal([*problems, *found], pointer="")
    return parsed
