"""From Pydantic's errors to our problems: where in RFC 6901, and what in plain words."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from parcelhook.catalogue.faults import FAULT
from parcelhook.catalogue.fields import FORM_TAGS
from parcelhook.catalogue.values import MAX_PROBLEMS, below, kind
from parcelhook.errors import InvalidRequestError, Problem

Model = TypeVar("Model", bound=BaseModel)


def read(
    model: type[Model], value: object, *, pointer: str, context: Mapping[str, Any] | None = None
) -> tuple[Model | None, list[Problem]]:
    """`value` as a `model`, or all that keeps it from being one."""
    try:
        return model.model_validate(value, context=dict(context or {})), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return None, [Problem(below(pointer, *_path(item)), _message(item, model)) for item in errors]


def refusal(problems: Iterable[Problem], *, pointer: str) -> InvalidRequestError:
    """The error that tells `problems`, the first of each place, and of very many the first ones."""
    first = list({problem.pointer: problem for problem in reversed(list(problems))}.values())[::-1]
    more = len(first) - MAX_PROBLEMS
    if more > 0:
        first[MAX_PROBLEMS:] = [Problem(pointer, f"There are {more} more problems in it.")]
    return InvalidRequestError(first)


def _path(error: ErrorDetails) -> list[str | int]:
    *inner, last = error["loc"] or ("",)
    # Pydantic puts the tag of a union's branch into the path; the name of an unknown member is never one.
    path = [part for part in inner if part not in FORM_TAGS]
    is_place = bool(error["loc"]) and (last not in FORM_TAGS or error["type"] == "extra_forbidden")
    return [*path, last] if is_place else path


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    if error["type"] == FAULT:
        return error["msg"]
    if error["type"] == "extra_forbidden":
        return _unknown_member(_path(error), model)
    describe = _MESSAGES.get(error["type"])
    return describe(error["input"], error.get("ctx", {})) if describe else "This value is not accepted here."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _must_be(what: str) -> Callable[[object, Mapping[str, Any]], str]:
    return lambda value, _: f"This must be {what}, not {kind(value)}."


def _whole_number(value: object, _: Mapping[str, Any]) -> str:
    given = "one with decimals" if isinstance(value, float) else kind(value)
    return f"This must be a whole number, not {given}."


def _one_of(_: object, choices: Mapping[str, Any]) -> str:
    return f"This must be one of {choices['expected'].replace(chr(39), '')}."


_MESSAGES: Mapping[str, Callable[[object, Mapping[str, Any]], str]] = {
    "missing": lambda _, __: "This member is required.",
    "model_type": _must_be("an object"),
    "list_type": _must_be("a list"),
    "string_type": _must_be("text"),
    "bool_type": _must_be("true or false"),
    "int_type": _whole_number,
    "string_too_short": lambda _, limits: f"This text must have at least {_count(limits['min_length'], 'character')}.",
    "string_too_long": lambda _, limits: f"This text must have at most {_count(limits['max_length'], 'character')}.",
    "too_short": lambda _, limits: f"This list must have at least {_count(limits['min_length'], 'item')}.",
    "too_long": lambda _, limits: f"This list must have at most {_count(limits['max_length'], 'item')}.",
    "greater_than_equal": lambda _, limits: f"This number must be at least {limits['ge']}.",
    "less_than_equal": lambda _, limits: f"This number must be at most {limits['le']}.",
    "dict_type": _must_be("an object"),
    "float_type": _must_be("a number"),
    "finite_number": lambda _, __: "This must be a finite number.",
    "enum": _one_of,
    "literal_error": _one_of,
}


def _unknown_member(path: list[str | int], model: type[BaseModel]) -> str:
    name = str(path[-1])
    known = _model_at(model, path[:-1]).model_fields
    near = difflib.get_close_matches(name[:100], known, n=1)
    return "There is no member of this name here" + (f"; did you mean {near[0]}?" if near else ".")


def _model_at(model: type[BaseModel], path: Iterable[str | int]) -> type[BaseModel]:
    for part in path:
        member = model.model_fields.get(str(part))
        if member is not None:
            model = next(_models(member.annotation), model)
    return model


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
