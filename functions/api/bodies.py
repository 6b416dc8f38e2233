"""Bodies of requests as models."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from parcelhook.catalogue.problems import read, refusal
from parcelhook.catalogue.values import check

Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], value: object, *, context: Mapping[str, Any] | None = None) -> Model:
    """`value` as a `model`. Raises `InvalidRequestError` with all its problems at once."""
    plain, problems = check(value, "")
    parsed, found = read(model, plain, pointer="", context=context)
    if problems or found or parsed is None:
        raise refusal([*problems, *found], pointer="")
    return parsed
