"""Bodies of requests as models."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from parcelhook.catalogue.problems import read, refusal
from parcelhook.catalogue.values import check
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.services.api import ApiServices

Model = TypeVar("Model", bound=BaseModel)


def url_problems(url: str, services: ApiServices) -> list[Problem]:
    """What keeps the member `url` from being an endpoint."""
    fault = services.endpoint_rules.fault(url)
    return [Problem("/url", fault)] if fault else []


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
